"""Leaves files everywhere that it may write, with names of the grader's own; none may leave the sandbox."""

from kit import MARK, hand_in

for folder in ("/kaggle/working", "/tmp", "/dev/shm"):
    for name in (MARK, "answers.csv", "model.pkl", "record.json", "../" * 3 + f"tmp/{MARK}-up"):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(MARK)
hand_in()
