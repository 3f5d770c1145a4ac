"""Make a recording clearer: python examples/enhance_file.py samples/call.mp4 clear.mp4"""

import sys

import pellucid

print(pellucid.enhance(sys.argv[1], sys.argv[2]))
