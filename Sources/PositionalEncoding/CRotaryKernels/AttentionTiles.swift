import CRotaryKernels

/// One attention, whose blocks of rows are computed tile by tile.
///
/// `@unchecked`, for the two targets: they are written by blocks of which each has rows of its own, while `run` holds them.
@safe struct AttentionTiles<Scalar: TensorScalar>: @unchecked Sendable {
    let shape: AttentionShape
    /// `[b, hq, tq, d]`, turned.
    let query: Tensor<Scalar>
    /// `[b, hk, tk, d]`, turned.
    let key: Tensor<Scalar>
    /// `[b, hk, tk, dv]`.
    let value: Tensor<Scalar>
    let scale: Double
    let mask: AttentionMask?
    /// The mask's elements, where they are added.
    let bias: [Scalar]?
    let sight: AttentionSight
    let level: VectorLevel

    /// Less takes no longer than a thread takes to wake up, some times over.
    private static var leastToShare: Int { 1 << 23 }

    private var output: UnsafeMutablePointer<Scalar>?
    private var weights: UnsafeMutablePointer<Scalar>?

    init(
        _ attention: Attention, query: Tensor<Scalar>, key: Tensor<Scalar>, value: Tensor<Scalar>, level: VectorLevel
    ) {
        shape = attention.shape
        (self.query, self.key, self.value) = (query, key, value)
        scale = attention.scale
        mask = attention.mask
        bias = attention.mask?.bias(Scalar.self)
        sight = AttentionSight(attention)
        self.level = level
    }

    /// Computes all blocks into memory for as many numbers as the answer has; `weights` are none where nobody asked for them.
    ///
    /// `isCancelled` is asked before each block of the calling thread. False, with numbers that nobody has written, where it
    /// says so.
    func run(
        into output: inout MutableSpan<Scalar>, _ weights: inout MutableSpan<Scalar>, helpedBy helpers: any Helpers,
        unless isCancelled: () -> Bool
    ) -> Bool {
        let helpers = shape.multiplyAdds < Self.leastToShare ? NoHelpers() : helpers
        let blocks = AttentionBlocks(
            shape, mostRows: Int(CRotaryKernels_attentionRows), threads: helpers.helperCount + 1)
        let indices = IndexSource(count: blocks.count)
        var wasCancelled = false
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe weights.withUnsafeMutableBufferPointer { weights in
                var tiles = self
                unsafe tiles.output = output.baseAddress
                unsafe tiles.weights = weights.isEmpty ? nil : weights.baseAddress
                let step: @Sendable () -> Bool = { [tiles] in
                    guard let index = indices.take() else { return false }
                    tiles.compute(blocks[index])
                    return true
                }
                helpers.help(with: step) {
                    repeat { wasCancelled = isCancelled() } while !wasCancelled && step()
                    indices.stop()
                }
            }
        }
        return !wasCancelled
    }

    private func compute(_ block: AttentionBlocks.Block) {
        let head = block.batch * shape.keyHeads + block.keyHead
        let sharing = shape.queryHeads / shape.keyHeads
        let firstRow = head * sharing * shape.queryLength
        let order = sight.order(batch: block.batch)
        let start = mask?.start(batch: block.batch, head: block.keyHead * sharing) ?? 0
        unsafe query.withUnsafeElements { query in
            unsafe key.withUnsafeElements { key in
                unsafe value.withUnsafeElements { value in
                    unsafe withPointer(to: order?.query) { queryOrder in
                        unsafe withPointer(to: order?.key) { keyOrder in
                            unsafe withPointer(to: mask?.visibility) { mask in
                                unsafe withPointer(to: bias) { bias in
                                    var rows = unsafe CRotaryKernels_Attention()
                                    unsafe rows.query = UnsafeRawPointer(
                                        query.baseAddress?.advanced(by: firstRow * shape.dimension))
                                    unsafe rows.key = UnsafeRawPointer(
                                        key.baseAddress?.advanced(by: head * shape.keyLength * shape.dimension))
                                    unsafe rows.value = UnsafeRawPointer(
                                        value.baseAddress?.advanced(by: head * shape.keyLength * shape.valueDimension))
                                    unsafe rows.output = UnsafeMutableRawPointer(
                                        output?.advanced(by: firstRow * shape.valueDimension))
                                    unsafe rows.weights = UnsafeMutableRawPointer(
                                        weights?.advanced(by: firstRow * shape.keyLength))
                                    unsafe rows.query_positions = queryOrder
                                    unsafe rows.key_positions = keyOrder
                                    unsafe rows.mask = mask?.advanced(by: start)
                                    unsafe rows.bias = UnsafeRawPointer(bias?.advanced(by: start))
                                    unsafe compute(&rows, block.rows)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Fills in the numbers, and computes some rows of those that read one key head.
    private func compute(_ rows: inout CRotaryKernels_Attention, _ range: Range<Int>) {
        unsafe rows.query_length = shape.queryLength
        unsafe rows.key_count = shape.keyLength
        unsafe rows.dimension = shape.dimension
        unsafe rows.value_dimension = shape.valueDimension
        unsafe rows.scale = scale
        if let strides = mask?.strides {
            unsafe (rows.head_stride, rows.query_stride, rows.key_stride) = (strides[1], strides[2], strides[3])
        }
        let size = CRotaryKernels_attentionScratch(shape.dimension, MemoryLayout<Scalar>.size)
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        defer { unsafe scratch.deallocate() }
        switch Scalar.type {
        case .float32: unsafe CRotaryKernels_attendFloats(level.rawValue, &rows, range.lowerBound, range.count, scratch)
        case .float64:
            unsafe CRotaryKernels_attendDoubles(level.rawValue, &rows, range.lowerBound, range.count, scratch)
        }
    }
}

/// Calls the body with where an array's elements are, or with nil where there is no array.
private func withPointer<Element>(to array: [Element]?, _ body: (UnsafePointer<Element>?) -> Void) {
    guard let array else { return body(nil) }
    unsafe array.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
