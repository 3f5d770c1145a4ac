"""Make a recording clearer: python examples/enhance_file.py samples/call.mp4 clear.mp4"""

import sys

import pellucid

source, target = sys.argv[1:] or ("samples/call.mp4", "clear.mp4")
print(pellucid.enhance(source, target))
