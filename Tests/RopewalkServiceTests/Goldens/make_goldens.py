"""Writes rotate_half.json, scaling.json, models.json, multi_axis.json and scaled_dot_product_attention.json: answers of
public code (`make goldens`)."""

import os

# One thread and one set of kernels and branches in MKL, whatever the processor, so that two runs give equal bytes.
os.environ |= {"OMP_NUM_THREADS": "1", "MKL_CBWR": "COMPATIBLE", "ATEN_CPU_CAPABILITY": "avx2"}
os.environ |= {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}

import torch

import attention_cases
import model_cases
import multi_axis_cases
import rotary_cases
import scaling_cases
from golden_data import write

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

write("rotate_half.json", rotary_cases.FUNCTIONS, rotary_cases.NOTES, rotary_cases.cases())
write("models.json", model_cases.FUNCTIONS, model_cases.NOTES, model_cases.cases())
write("multi_axis.json", multi_axis_cases.FUNCTIONS, multi_axis_cases.NOTES, multi_axis_cases.cases())
write("scaling.json", scaling_cases.FUNCTIONS, scaling_cases.NOTES, scaling_cases.cases())
write(
    "scaled_dot_product_attention.json", attention_cases.FUNCTIONS, attention_cases.NOTES, attention_cases.cases()
)
