import CRotaryKernels

/// Rows serve so many sequences before they are read once more.
let sequencesTogether = Int(CRotaryKernels_sequencesTogether)

/// Turns rows of some sequences by the run's cosines and sines: (a, b) becomes (a·cos − b·sin, a·sin + b·cos).
///
/// `source` and `target` are all elements of tensors of the shape, `[…, s, d]`; of each sequence named, the rows from `row` on are
/// turned, as many as the run has. Elements of a row that no pair names are copied. The corresponding C functions are
/// `rotateFloats` and `rotateDoubles` of `CRotaryKernels_Rotation`; every level gives the same bits.
func rotateRows<Scalar: TensorScalar>(
    _ run: RowSource<Scalar>.Run, _ pairs: PairRun, of shape: TensorShape, row: Int, sequences: Range<Int>,
    from source: Span<Scalar>, to target: inout MutableSpan<Scalar>, level: Int32 = CRotaryKernels_level()
) {
    precondition(source.count == shape.count && target.count == shape.count)
    precondition(row >= 0 && run.count <= shape.sequenceLength - row)
    precondition(sequences.lowerBound >= 0 && sequences.upperBound <= shape.sequenceCount)
    precondition(pairs.source.first + 2 * pairs.count <= shape.dimension && level <= CRotaryKernels_highestLevel())
    let firstCosine = run.first * pairs.count
    let used = firstCosine..<firstCosine + run.count * pairs.count
    let (cosines, sines) = (run.rows.cosines.span.extracting(used), run.rows.sines.span.extracting(used))
    let start = (sequences.lowerBound * shape.sequenceLength + row) * shape.dimension
    var turn = CRotaryKernels_Turn(
        dimension: shape.dimension, start: pairs.source.first, pairs: pairs.count,
        readsNeighbours: pairs.source.stride == 2, writesNeighbours: pairs.target.stride == 2, rows: run.count,
        sequences: sequences.count, distance: shape.sequenceLength * shape.dimension)
    let kernels = unsafe CRotaryKernels_rotation(level).pointee
    let rotate =
        switch Scalar.type {
        case .float32: unsafe kernels.rotateFloats
        case .float64: unsafe kernels.rotateDoubles
        }
    unsafe source.withUnsafeBufferPointer { source in
        unsafe target.withUnsafeMutableBufferPointer { target in
            unsafe cosines.withUnsafeBufferPointer { cosines in
                unsafe sines.withUnsafeBufferPointer { sines in
                    unsafe rotate?(
                        &turn, source.baseAddress.map { unsafe $0 + start },
                        target.baseAddress.map { unsafe $0 + start },
                        cosines.baseAddress, sines.baseAddress)
                }
            }
        }
    }
}
