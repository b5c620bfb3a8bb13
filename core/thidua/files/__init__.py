"""Files: the blob store, names, upload checks and text extraction. Nothing here knows rows or requests."""
