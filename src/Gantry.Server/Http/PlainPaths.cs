using System.Net;
using Gantry.Api.Schemas;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Everything that is served and is no resource: discovery, version, health, metrics, the keys of tokens.</summary>
internal sealed class PlainPaths
{
    private const string Json = "application/json";
    private const string Text = "text/plain; charset=utf-8";
    private const string Figures = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] JsonOnly = [Json];

    private readonly DiscoveryDocuments _discovery;
    private readonly HealthChecks _health;
    private readonly RequestMetrics _metrics;
    private readonly TokenOptions _tokens;
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly IPAddress _advertised;
    private readonly IReadOnlyList<IPathHandler> _handlers;

    public PlainPaths(
        DiscoveryDocuments discovery, HealthChecks health, RequestMetrics metrics, TokenOptions tokens, IReadOnlyList<SigningKey> keys, IPAddress advertised,
        IReadOnlyList<IPathHandler> handlers)
    {
        _discovery = discovery;
        _health = health;
        _metrics = metrics;
        _tokens = tokens;
        _keys = keys;
        _advertised = advertised;
        _handlers = handlers;
    }

    /// <summary>Health is told to everybody: probes have no credentials.</summary>
    public static bool IsAlwaysAllowed(string path) => path is "/healthz" or "/livez" or "/readyz";

    /// <summary>Probes and figures are answered while the server stops, too.</summary>
    public static bool IsServedToTheEnd(string path) => path.StartsWith("/healthz", StringComparison.Ordinal) || path.StartsWith("/livez", StringComparison.Ordinal)
        || path.StartsWith("/readyz", StringComparison.Ordinal) || path.StartsWith("/metrics", StringComparison.Ordinal);

    public async ValueTask<ApiAnswer> AnswerAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation)
    {
        if (await _health.AnswerAsync(info.Path, info.Options, cancellation).ConfigureAwait(false) is { } health)
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return new ApiAnswer.Document(health.Code, Text, health.Body);
        }

        foreach (var handler in _handlers)
        {
            if (await handler.AnswerAsync(context, info, user, cancellation).ConfigureAwait(false) is { } answer)
            {
                return answer;
            }
        }

        return Fixed(context, info.Path);
    }

    private ApiAnswer Fixed(HttpContext context, string path)
    {
        if (path == "/metrics")
        {
            return new ApiAnswer.Document(200, Figures, _metrics.Text());
        }

        if (path == "/metrics/slis")
        {
            return new ApiAnswer.Document(200, Figures, _health.Figures());
        }

        path = path.TrimEnd('/');
        var answer = Read(context, path);
        return !HttpMethods.IsGet(context.Request.Method) && !IsOfAnyMethod(path) && !ReferenceEquals(answer, ApiDispatcher.NoSuchPath) ? ApiStatus.MethodNotAllowed : answer;
    }

    // What the aggregator tells of groups, and the root, Kubernetes answers whatever the method.
    private static bool IsOfAnyMethod(string path) => path is "" or "/index.html" or "/apis"
        || path.StartsWith("/apis/", StringComparison.Ordinal) && path.IndexOf('/', "/apis/".Length) < 0 && path != "/apis/apiregistration.k8s.io";

    private ApiAnswer Read(HttpContext context, string path)
    {
        switch (path)
        {
            case "" or "/index.html":
                return Document(PrettyJson.Of(Roots()));
            case "/version":
                return MediaRange.IsUnrouted(context.Request.Headers.Accept.ToString(), JsonOnly) ? ApiStatus.UnroutedAccept(JsonOnly) : Document(ServerVersion.Json);
            case "/api" or "/apis" when DiscoveryForm.Of(context.Request.Headers.Accept.ToString()) is { } form:
                return DiscoveryForm.Answer(context, form, _discovery.Aggregated(core: path == "/api"));
            case "/api":
                return Negotiated(context, _discovery.CoreVersions(), routed: true);
            case "/apis":
                return Negotiated(context, _discovery.Groups(), routed: false);
            case IssuerDiscovery.ConfigurationPath:
                context.Response.Headers.CacheControl = IssuerDiscovery.Caching;
                return Document(IssuerDiscovery.Configuration(_tokens, KeysUrl(context), _keys));
            case IssuerDiscovery.KeysPath:
                context.Response.Headers.CacheControl = IssuerDiscovery.Caching;
                return new ApiAnswer.Document(200, IssuerDiscovery.KeysMediaType, IssuerDiscovery.Keys(_keys));
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var document = parts switch
        {
            ["api", var version] => _discovery.Resources("", version),
            ["apis", var group] => _discovery.GroupDocument(group),
            ["apis", var group, var version] => _discovery.Resources(group, version),
            _ => null,
        };
        // Groups are told by the aggregator itself, versions of custom resources by their own handler: neither chooses by names of media types.
        var routed = parts is ["api", _] || parts is ["apis", var ofGroup, var ofVersion] && ApiCatalog.Resources.Any(r => r.Group == ofGroup && r.Version == ofVersion);
        return document is null ? ApiDispatcher.NoSuchPath : Negotiated(context, document, routed);
    }

    // Never what the client calls this server: the document may be kept for others.
    private string KeysUrl(HttpContext context) => _tokens.KeysUrl.Length > 0 ? _tokens.KeysUrl
        : $"https://{new IPEndPoint(_advertised, context.Connection.LocalPort)}{IssuerDiscovery.KeysPath}";

    private byte[] Roots()
    {
        var paths = new List<string> { "/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/" };
        foreach (var group in _discovery.GroupNames())
        {
            paths.Add("/apis/" + group);
            paths.AddRange(_discovery.Versions(group).Select(v => $"/apis/{group}/{v}"));
        }

        paths.AddRange([.. _health.Paths, "/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/openid/v1/jwks", "/version"]);
        var list = new Gantry.Api.Trees.TreeList(paths.Order(StringComparer.Ordinal).Select(p => (Gantry.Api.Trees.Tree)p));
        return Gantry.Api.Trees.TreeJson.Write(new Gantry.Api.Trees.TreeMap { ["paths"] = list });
    }

    private static ApiAnswer Negotiated(HttpContext context, byte[] json, bool routed)
    {
        if (routed && MediaRange.IsUnrouted(context.Request.Headers.Accept.ToString()))
        {
            return ApiStatus.UnroutedAccept(MediaRange.Served);
        }

        if (MediaRange.Negotiate(context.Request.Headers.Accept.ToString(), tables: false, protobuf: true, transforms: false) is not { } range)
        {
            return ApiStatus.NotAcceptable(MediaRange.Served);
        }

        return range.Protobuf ? new ApiAnswer.Document(200, ProtobufBodies.Type, ProtobufBodies.Of(json))
            : range.Yaml ? new ApiAnswer.Document(200, "application/yaml", YamlText.Of(json))
            : Document(PrettyJson.IsWanted(context, RequestOptions.Parse(context.Request.QueryString.Value ?? "")) ? PrettyJson.Of(json) : json);
    }

    private static ApiAnswer.Document Document(byte[] json) => new(200, Json, json);
}
