/// The rows of one attention, one query at a time.
struct AttentionRows<Scalar: TensorScalar> {
    let shape: AttentionShape
    /// `[b, hq, tq, d]`, turned.
    let query: [Scalar]
    /// `[b, hk, tk, d]`, turned.
    let key: [Scalar]
    /// `[b, hk, tk, dv]`.
    let value: [Scalar]
    let scale: Scalar
    let mask: AttentionMask?
    /// The mask's elements, where they are added.
    let bias: [Scalar]?

    private var batch = 0
    private var head = 0
    private var row = 0
    private var visible: [Int] = []
    /// One for each visible key: its score, then its weight.
    private var weights: [Scalar] = []

    init(_ attention: Attention, query: [Scalar], key: [Scalar], value: [Scalar]) {
        shape = attention.shape
        self.query = query
        self.key = key
        self.value = value
        scale = Scalar(attention.scale)
        mask = attention.mask
        bias = attention.mask?.bias(Scalar.self)
    }

    /// Goes on to a query, and finds the keys that it sees.
    mutating func begin(batch: Int, head: Int, row: Int, seeing sight: AttentionSight) {
        (self.batch, self.head, self.row) = (batch, head, row)
        sight.find(&visible, batch: batch, head: head, query: row)
    }

    /// Weighs the visible keys: softmax of the scaled scores with what the mask adds.
    mutating func weigh() {
        weights.removeAll(keepingCapacity: true)
        let start = queryRow * shape.dimension
        for index in visible {
            weights.append(
                scale
                    * dotProduct(
                        query.span, from: start, key.span, from: (firstKeyRow + index) * shape.dimension,
                        count: shape.dimension))
        }
        if let bias, let mask {
            let (start, stride) = mask.row(batch: batch, head: head, query: row)
            for (place, index) in visible.enumerated() { weights[place] += bias[start + index * stride] }
        }
        softmax(&weights)
    }

    /// Adds the visible values, each by its weight, to the row's place in `[b, hq, tq, dv]`.
    func addValues(to output: inout [Scalar]) {
        var target = output.mutableSpan
        for (place, index) in visible.enumerated() {
            addScaled(
                value.span, from: (firstKeyRow + index) * shape.valueDimension, by: weights[place], to: &target,
                from: queryRow * shape.valueDimension, count: shape.valueDimension)
        }
    }

    /// Writes the weights to the row's place in `[b, hq, tq, tk]`, in which those of hidden keys are 0.
    func copyWeights(to output: inout [Scalar]) {
        for (place, index) in visible.enumerated() { output[queryRow * shape.keyLength + index] = weights[place] }
    }

    /// Of all query rows.
    private var queryRow: Int { (batch * shape.queryHeads + head) * shape.queryLength + row }

    /// Of all key rows, the first that this query's head reads.
    private var firstKeyRow: Int {
        (batch * shape.keyHeads + head / (shape.queryHeads / shape.keyHeads)) * shape.keyLength
    }
}
