"""Passwords that are tried first by whoever guesses; compared folded, whole or without digits and signs.

The world's are the list of the package zxcvbn, in the order of how often they were found; those of Vietnamese
offices and schools, which it does not have, are ours.
"""

from __future__ import annotations

from functools import cache

TOP = 3000
"""So many of the world's most common ones are refused with any digits or signs around them too."""
SHORTEST = 5
"""Shorter words say too little about a password that they are only a part of."""

_DIGITS = """
12345678 123456789 1234567890 87654321 987654321 0987654321 0123456789 012345678 01234567 11111111 00000000
22222222 33333333 55555555 66666666 77777777 88888888 99999999 12341234 11223344 12121212 10101010 11112222
123123123 123321123 147258369 159753456 13572468 24681357 20202020 20242024 20252025 20262026 19001900 12345679
"""
_WORDS = """
password passwords passwordpassword passw0rd p@ssword p@ssw0rd qwertyui qwerty qwertyuiop asdfghjk asdfghjkl zxcvbnm
zxcvbnmm qwertyqwerty qwerasdf qazwsx qazwsxedc abcd abcdef abcdefg abcdefgh abcabc letmein welcome welcomes iloveyou
loveyou monkey dragon football baseball superman batman princess sunshine master shadow freedom whatever trustno
computer internet administrator admin adminadmin administrators root rootroot superadmin guest default changeme secret
system manager matkhau matkhaumoi matkhaucu mat khau matkhaumacdinh quantri quantrivien nguoidung dangnhap taikhoan
macdinh anhyeuem emyeuanh yeuem yeuanh anhnhoem emnhoanh nhoem nhoanh toiyeuvietnam vietnam vietnamvodich hanoi
hanoivietnam saigon hochiminh bacho bachohochiminh dienbienphu giaovien giaovienchunhiem hocsinh hieutruong vanthu
vanphong nhatruong truonghoc tieuhoc mamnon trunghoc trunghoccoso daytothoctot thiduakhenthuong nguoitotviectot
conyeume conyeuba giadinh hanhphuc maimaiyeuem tinhyeu cuocsong khongbiet khongnho khongcomatkhau xinchao chaoban
chaocacban congchua hoanghon mothaiba motnambonnam motuoc namsau thanhcong maymanh phattai chucmungnammoi nguyen
nguyenvan nguyenthi nguyenvana nguyenthia tranvan tranthi levan lethi phamvan phamthi vietnamese asdasd asdasdasd
asdfasdf zaqwsx zaqxsw qweqwe qweqweqwe qwerqwer aabbcc aaaabbbb abcxyz abcd1234 abc12345 a1234567 a12345678 aa123456
q1w2e3r4 1q2w3e4r 1qaz2wsx zaq12wsx q1w2e3r4t5 qwe12345 pass1234 test1234 testtest teststest tester testing demo
demodemo hello hellohello helloworld michael jordan jennifer ashley daniel samsung iphone nokia google facebook
facebooks zalo zaloviet youtube gmail yahoo microsoft windows office excel laptop
"""

_OWN: frozenset[str] = frozenset((_DIGITS + _WORDS).split())


def is_common(folded: str, bare: str) -> bool:
    """Whether a password, folded, or what is left of it without digits and signs, is among the first to be tried.

    >>> is_common("matkhau@2025", "matkhau"), is_common("cay phuong truoc san", "cayphuongtruocsan")
    (True, False)
    """
    if folded in _OWN or bare in _OWN:
        return True
    whole, top = _worldwide()
    return folded in whole or (len(bare) >= SHORTEST and bare in top)


@cache
def _worldwide() -> tuple[frozenset[str], frozenset[str]]:
    """The whole list, and its beginning; about 30,000."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # noqa: PLC0415 -- 15 MB, rarely

    listed = FREQUENCY_LISTS["passwords"]
    return frozenset(listed), frozenset(listed[:TOP])
