using System.Globalization;
using Gantry.Api.OpenApi;
using Gantry.Api.Trees;
using Gantry.Server.Aggregation;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Serves the OpenAPI documents of what is served right now: <c>/openapi/v2</c>, <c>/openapi/v3</c> and one below it for each group and version.</summary>
internal sealed class OpenApiPaths : IPathHandler
{
    private const string V2 = "/openapi/v2";
    private const string V3 = "/openapi/v3";
    private const string Json = "application/json";
    private const string V2Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    // What is asked for is no valid media type; this is what clients get for it.
    private const string V2ProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private static readonly TimeSpan ForGood = TimeSpan.FromDays(365);

    private readonly ResourceTable _table;
    private readonly AggregatedApis _aggregated;
    private readonly TimeProvider _clock;
    private Held? _held;
    private MergedV2? _merged;

    public OpenApiPaths(ResourceTable table, AggregatedApis aggregated, TimeProvider clock)
    {
        _table = table;
        _aggregated = aggregated;
        _clock = clock;
    }

    public async ValueTask<ApiAnswer?> AnswerAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation)
    {
        var path = info.Path.TrimEnd('/');
        if (!path.StartsWith("/openapi/", StringComparison.Ordinal) || !HttpMethods.IsGet(context.Request.Method))
        {
            return null;
        }

        if (path.StartsWith(V3 + "/apis/", StringComparison.Ordinal) && _aggregated.Find(path[V3.Length..]) is { } elsewhere)
        {
            if (_aggregated.Description(elsewhere).Converted is { } converted)
            {
                return Document(context, info, path[(V3.Length + 1)..], converted, converted.ETag);
            }

            // Whoever serves an API describes it.
            await _aggregated.ForwardAsync(context, user, elsewhere, cancellation).ConfigureAwait(false);
            return ApiAnswer.Done.Instance;
        }

        return Answer(context, info, path);
    }

    private ApiAnswer? Answer(HttpContext context, RequestInfo info, string path)
    {
        var documents = Documents();
        if (path == V2)
        {
            // Asked for by name only: a wildcard means JSON.
            return context.Request.Headers.Accept.ToString().Contains(V2Protobuf, StringComparison.Ordinal)
                ? Send(context, Merged()?.Protobuf.Value ?? documents.V2Protobuf, V2ProtobufAnswer)
                : Send(context, Merged()?.Json ?? documents.V2, Json);
        }

        if (path == V3)
        {
            return Send(context, Index(documents), Json);
        }

        if (!path.StartsWith(V3 + "/", StringComparison.Ordinal))
        {
            return null;
        }

        var name = path[(V3.Length + 1)..];
        if (documents.V3(name) is not { } document)
        {
            return null;
        }

        return Document(context, info, name, document, documents.HashOf(name));
    }

    private ApiAnswer Document(HttpContext context, RequestInfo info, string name, OpenApiDocument document, string current)
    {
        if (info.Options["hash"] is { Length: > 0 } hash)
        {
            if (hash != current)
            {
                context.Response.Headers.Location = $"{V3}/{name}?hash={current}";
                context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
                return ApiAnswer.Done.Instance;
            }

            // Under its hash a document never changes.
            context.Response.Headers.CacheControl = "public, immutable";
            context.Response.Headers.Expires = (_clock.GetUtcNow() + ForGood).ToString("R", CultureInfo.InvariantCulture);
        }

        return Send(context, document, Json);
    }

    private OpenApiDocument Index(OpenApiDocuments documents)
    {
        var others = _aggregated.All.Where(a => a.IsAvailable && a.OpenApi.V3Url.Length > 0).ToList();
        if (others.Count == 0)
        {
            return documents.V3Index;
        }

        var index = (TreeMap)TreeJson.Parse(documents.V3Index.Content.Span);
        var paths = index.Map("paths")!;
        foreach (var other in others)
        {
            paths[other.Path] = new TreeMap { ["serverRelativeURL"] = other.OpenApi.V3Url };
        }

        var sorted = new TreeMap(paths.Count);
        foreach (var (path, value) in paths.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            sorted[path] = value;
        }

        return OpenApiDocument.Of(TreeJson.Write(new TreeMap { ["paths"] = sorted }));
    }

    // Made again when this server's own document or what another server says has changed; a cluster without other servers never gets here.
    private MergedV2? Merged()
    {
        var others = _aggregated.All.Where(a => a.IsAvailable && a.OpenApi.V2 is not null).OrderBy(a => a.Path, StringComparer.Ordinal).Select(a => a.OpenApi.V2!).ToList();
        if (others.Count == 0)
        {
            return null;
        }

        var own = Documents().V2;
        if (_merged is { } merged && ReferenceEquals(merged.Own, own) && merged.Others.SequenceEqual(others, ReferenceEqualityComparer.Instance))
        {
            return merged;
        }

        var json = OpenApiDocument.Of(TreeJson.Write(AggregatedDocuments.Merge((TreeMap)TreeJson.Parse(own.Content.Span), others)));
        return _merged = new MergedV2(own, others, json, new Lazy<OpenApiDocument>(json.ToProtobuf));
    }

    private static ApiAnswer Send(HttpContext context, OpenApiDocument document, string mediaType)
    {
        var accept = context.Request.Headers.Accept.ToString();
        if (mediaType == Json && !Takes(accept))
        {
            return ApiStatus.NotAcceptable(context.Request.Path == V2 ? [Json, V2Protobuf] : [Json]);
        }

        var tag = $"\"{document.ETag}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.Vary = "Accept";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return ApiAnswer.Done.Instance;
        }

        return new ApiAnswer.Packed(mediaType, document);
    }

    private static bool Takes(string accept) =>
        accept.Length == 0 || accept.Contains("*/*", StringComparison.Ordinal) || accept.Contains(Json, StringComparison.Ordinal) || accept.Contains("application/*", StringComparison.Ordinal);

    private OpenApiDocuments Documents()
    {
        var served = _table.Snapshot;
        if (_held is { } held && ReferenceEquals(held.Served, served))
        {
            return held.Documents;
        }

        var resources = served.Values.Select(r => r.Custom is not { } custom ? new OpenApiResource(r.Type)
            : new OpenApiResource(r.Type, () => custom.Source ?? new TreeMap()) { SelectableFields = custom.SelectableFields, Fingerprint = custom.Family.Fingerprint })
            .OrderBy(r => r.Type.Group, StringComparer.Ordinal).ThenBy(r => r.Type.Version, StringComparer.Ordinal).ThenBy(r => r.Type.Plural, StringComparer.Ordinal);
        _held = new Held(served, new OpenApiDocuments([.. resources], ServerVersion.Emulated));
        return _held.Documents;
    }

    private sealed record MergedV2(OpenApiDocument Own, IReadOnlyList<TreeMap> Others, OpenApiDocument Json, Lazy<OpenApiDocument> Protobuf);

    private sealed record Held(object Served, OpenApiDocuments Documents);
}
