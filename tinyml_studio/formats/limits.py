"""What a model file may ask for, so that a hostile one costs little time and memory."""

MAX_FILE_BYTES = 512 * 2**20  # of the model file, and of all its external data together
MAX_CONSTANT_ELEMENTS = 2**28  # of all decoded tensors together
MAX_FOLDED_ELEMENTS = 2**27  # of everything that the constant folder computes
MAX_USED_ELEMENTS = 2**28  # of constants, counted every time that a node uses one
MAX_FIELDS = 2_000_000  # of the protobuf encoding
MAX_OTHER_BYTES = 32 * 2**20  # of the protobuf encoding, besides the weights
MAX_NESTING = 64  # of messages: a graph inside a node takes three
MAX_NODES = 100_000
MAX_TENSORS = 200_000
MAX_OPERANDS = 4096  # inputs or outputs of one node
MAX_ATTRIBUTES = 256  # of one node
MAX_ATTRIBUTE_VALUES = 2**20  # in one list attribute
MAX_NAME_LENGTH = 4096
MAX_RANK = 16
MAX_DIM = 2**31 - 1
MIN_OPSET, MAX_OPSET = 7, 23
MIN_SCALE, MAX_SCALE = 2.0**-100, 2.0**100  # products and quotients stay inside float32
MIN_IR_VERSION = 3
