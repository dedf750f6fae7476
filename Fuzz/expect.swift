import Glibc

/// Unlike `precondition`, says why in an optimized build.
func expect(_ condition: Bool, _ reason: @autoclosure () -> String) {
    if !condition { fail(reason()) }
}

func fail(_ reason: String) -> Never {
    print(reason)
    fflush(nil)
    abort()
}
