/// The version of the service, in `/info`, ETags, `--version` and openapi.yaml.
package enum Version {
    package static let current = "0.1.0"
}
