from tinyml_studio.verify.footprint import flash_bytes, stack_bytes

SIZE = """alone.o  :
section              size   addr
.text                 100      0
.text.unlikely          8      0
.data                   4      0
.bss                 5000      0
.rodata                30      0
.rodata.cst16          16      0
.comment               40      0
.debug_info           999      0
Total                6188
"""

GRAPH = r"""graph: { title: "alone.c"
node: { title: "net_invoke" label: "net_invoke\nnet.h:9:5\n24 bytes (static)" }
node: { title: "net.h:wide" label: "wide\nnet.h:3:13\n40 bytes (static)" }
node: { title: "net.h:deep" label: "deep\nnet.h:2:13\n100 bytes (static)" }
node: { title: "memcpy" label: "memcpy\n<built-in>" shape : ellipse }
edge: { sourcename: "net_invoke" targetname: "net.h:wide" label: "net.h:11:5" }
edge: { sourcename: "net_invoke" targetname: "net.h:wide" label: "net.h:12:5" }
edge: { sourcename: "net.h:wide" targetname: "memcpy" label: "net.h:4:5" }
edge: { sourcename: "net.h:wide" targetname: "net.h:deep" label: "net.h:5:5" }
}
"""


def test_flash_is_code_and_constants():
    assert flash_bytes(SIZE) == 100 + 8 + 4 + 30 + 16


def test_stack_is_that_of_the_deepest_path():
    assert stack_bytes(GRAPH, "net_invoke") == 24 + 40 + 100
    assert stack_bytes(GRAPH, "deep") == 100


def test_unknown_functions_have_no_stack():
    assert stack_bytes(GRAPH, "net_run") is None
