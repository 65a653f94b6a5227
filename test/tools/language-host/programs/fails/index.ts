throw new Error("the program says no");
