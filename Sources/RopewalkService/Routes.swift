import FoundationEssentials
import MicroHTTP

extension Service {
    /// Every route, one line each.
    func routes() -> Router<any Endpoint> {
        let limits = configuration.limits
        let writer = AnswerWriter(
            budget: budget, maxElements: limits.maxAnswerElements, countsElements: limits.isMemoryScarce)
        let models = currentModels
        let context = RequestContext(limits: limits, models: models)
        let info = InfoEndpoint(configuration: configuration, engine: engine, answers: answers, budget: budget)
        let live = HealthEndpoint(isReady: { true })
        let ready = HealthEndpoint(isReady: { [weak self] in self?.isReady ?? false })
        let metrics = MetricsEndpoint(
            metrics: metrics, engine: engine, answers: answers, budget: budget, compute: compute,
            maxConnections: configuration.limits.maxConnections, server: { [weak self] in self?.statistics })
        var router = Router<any Endpoint>()
        router.add(
            "POST", "/rope/apply", RopeEndpoint<RopeApplyRequest>(engine: engine, writer: writer, context: context))
        router.add(
            "POST", "/rope/convert", RopeEndpoint<RopeConvertRequest>(engine: engine, writer: writer, context: context))
        router.add(
            "POST", "/rope/shift", RopeEndpoint<RopeShiftRequest>(engine: engine, writer: writer, context: context))
        router.add(
            "POST", "/attention",
            AttentionEndpoint(engine: engine, writer: writer, context: context, compute: compute))
        router.add(
            "GET", "/frequencies",
            FrequenciesEndpoint(engine: engine, writer: writer, models: models, answers: answers))
        router.add("GET", "/models", ModelsEndpoint(models: models))
        router.add("GET", "/models/{name}", ModelEndpoint(models: models, engine: engine))
        router.add("GET", "/livez", live)
        router.add("GET", "/readyz", ready)
        router.add("GET", "/healthz", ready)
        router.add("GET", "/info", info)
        router.add("GET", "/metrics", metrics)
        router.add("GET", "/openapi.yaml", LinkingEndpoint(type: "application/yaml", body: OpenAPI.yaml(_:)))
        router.add("GET", "/openapi.json", LinkingEndpoint(type: "application/json", body: OpenAPI.json(_:)))
        router.add("GET", "/docs/errors", StaticEndpoint(ErrorPage.html(), type: "text/html; charset=utf-8"))
        let routes = router.routes
        router.add(
            "GET", "/",
            LinkingEndpoint(type: "text/plain; charset=utf-8") { FrontPage.text(routes: routes, below: $0) })
        return router
    }
}
