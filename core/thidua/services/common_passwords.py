"""Passwords that are tried first by whoever guesses; compared folded, whole or without digits and signs."""

from __future__ import annotations

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

COMMON: frozenset[str] = frozenset((_DIGITS + _WORDS).split())
