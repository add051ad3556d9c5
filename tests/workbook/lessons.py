"""Small lesson sources to build, run and break."""

from pathlib import Path

TITLE = """\
# %% [markdown]
# # 03 · Small
#
# <!-- badge -->
#
# **Time.** 10 minutes. The sum is $y = \\sum_i x_i$, and
#
# $$ \\begin{aligned} a &= b \\\\ c &= d \\end{aligned} \\tag{3.1} $$

# %%
# <setup>

# %%
def exercise(exercise_id, points):
    return lambda function: function


"""

BLANK = """\
# %% tags=["important"]
@exercise("3.1", points=4)
def scale_and_shift(x, w, b):
    \"\"\"Return w x + b.\"\"\"
    ### BEGIN SOLUTION
    scaled = x * w  # why: each by its own
    y = scaled + b
    ### END SOLUTION
    return y


"""

USE = """\
# %%
print("right" if scale_and_shift(2, 3, 1) == 7 else "wrong")
"""

LESSON = TITLE + BLANK + USE


def write_lesson(notebooks: Path, text: str = LESSON, name: str = "03_small") -> Path:
    """Put a source where the builder looks for it, and return its path."""
    path = notebooks / "source" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
    return path


def with_body(*lines: str) -> str:
    """A lesson with one exercise whose body is given."""
    body = "\n".join(lines)
    return TITLE + f'# %%\n@exercise("3.1", points=4)\ndef answer(x):\n{body}\n'
