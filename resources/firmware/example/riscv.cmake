# 32-bit RISC-V with riscv64-unknown-elf-gcc and picolibc; -DCORE=rv32imc or rv32imac.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CORE)

if(NOT CORE MATCHES "^rv32ima?c$")
  message(FATAL_ERROR "say -DCORE=rv32imc or -DCORE=rv32imac")
endif()
set(MACHINE_SOURCE machine_riscv.c)
set(MACHINE_SCRIPT virt.ld)
set(EMULATOR qemu-system-riscv32 -machine virt -bios none -m 64M)
set(CMAKE_C_FLAGS_INIT
    "-march=${CORE} -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs")
