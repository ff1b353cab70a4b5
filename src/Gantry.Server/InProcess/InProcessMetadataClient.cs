using System.Globalization;
using System.Runtime.CompilerServices;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Client.Http;
using Gantry.Server.Aggregation;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Watching;

namespace Gantry.Server.InProcess;

/// <summary>Objects of every served kind, custom ones included, by their metadata: for what collects garbage and empties namespaces in this process.</summary>
public sealed class InProcessMetadataClient : IMetadataClient
{
    private readonly ServerCore _core;
    private readonly InProcessApiClient _client;

    internal InProcessMetadataClient(ServerCore core, InProcessApiClient client)
    {
        _core = core;
        _client = client;
    }

    public ValueTask<IReadOnlyList<ResourceId>> ResourcesAsync(CancellationToken ct = default) => new(
        [
            .. _core.Table.All.GroupBy(r => (r.Type.Group, r.Type.Plural))

                // The version that objects are kept in costs no conversion.
                .Select(g => g.OrderBy(r => !r.IsStorage).ThenByDescending(r => r.Type.Version, StringComparer.Ordinal).First().Type)
                .OrderBy(t => t.Group, StringComparer.Ordinal).ThenBy(t => t.Plural, StringComparer.Ordinal)
                .Select(ResourceId.Of),
            .. _core.Aggregated.All.SelectMany(AggregatedDiscovery.Ids),
        ]);

    public async ValueTask<ObjectMetadata?> GetAsync(ResourceId resource, string ns, string name, CancellationToken ct = default)
    {
        if (Elsewhere(resource) is { } other)
        {
            return await ReachAsync(() => other.GetAsync(resource, ns, name, ct)).ConfigureAwait(false);
        }

        var result = await SendAsync(resource, Info(resource, "get", ns, name), default, "", ct).ConfigureAwait(false);
        return result.Error is null ? result.Value : result.Error.IsNotFound ? null : throw new ApiException(result.Error);
    }

    public async ValueTask<ApiList<ObjectMetadata>> ListAsync(ResourceId resource, ListQuery query, CancellationToken ct = default)
    {
        if (Elsewhere(resource) is { } other)
        {
            return await ReachAsync(() => other.ListAsync(resource, query, ct)).ConfigureAwait(false);
        }

        var options = InProcessApiClient.Options(
            ("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector),
            ("limit", query.Limit == 0 ? "" : query.Limit.ToString(CultureInfo.InvariantCulture)), ("continue", query.Continue),
            ("resourceVersion", query.ResourceVersion), ("resourceVersionMatch", query.ResourceVersionMatch));
        switch (await _client.SendAsync(Info(resource, "list", query.Namespace, "") with { Options = options }, default, "", ct).ConfigureAwait(false))
        {
            case ApiAnswer.Items { Page: var page }:
                var items = page.Items.Select(i => Of(resource, page.Resource, i)).ToList();
                return new ApiList<ObjectMetadata>(items, page.Version, page.Continue) { Remaining = page.Remaining };
            case ApiAnswer.Says says:
                throw new ApiException(InProcessApiClient.Error(says.Status));
            default:
                throw new InvalidOperationException("a list was answered by something else");
        }
    }

    public async IAsyncEnumerable<WatchEvent<ObjectMetadata>> WatchAsync(ResourceId resource, WatchQuery query, [EnumeratorCancellation] CancellationToken ct = default)
    {
        if (Elsewhere(resource) is { } other)
        {
            await foreach (var change in other.WatchAsync(resource, query, ct).ConfigureAwait(false))
            {
                yield return change;
            }

            yield break;
        }

        var options = InProcessApiClient.Options(
            ("watch", "true"), ("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector), ("resourceVersion", query.ResourceVersion),
            ("allowWatchBookmarks", query.AllowBookmarks ? "true" : ""),
            ("timeoutSeconds", query.TimeoutSeconds == 0 ? "" : query.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)));
        var answer = await _client.SendAsync(Info(resource, "watch", query.Namespace, "") with { Options = options }, default, "", ct).ConfigureAwait(false);
        if (answer is not ApiAnswer.Changes { Watch: var watch })
        {
            throw new ApiException(InProcessApiClient.Error(((ApiAnswer.Says)answer).Status));
        }

        var (cursor, refusal) = WatchCursor.Open(watch, _core.Registry.Clock, _core.Clock);
        if (cursor is null)
        {
            throw new ApiException(InProcessApiClient.Error(refusal!));
        }

        using var open = cursor;
        do
        {
            while (cursor.TryRead(out var item))
            {
                if ((item.Status ?? await watch.Resource.ReadyAsync(item.Object, ct).ConfigureAwait(false)) is { } status)
                {
                    throw new ApiException(InProcessApiClient.Error(status));
                }

                yield return new WatchEvent<ObjectMetadata>(
                    InProcessApiClient.TypeOf(item.Type), item.Object is null ? null : Of(resource, watch.Resource, item.Object), item.Revision.ToString(CultureInfo.InvariantCulture));
            }
        }
        while (await cursor.WaitAsync(ct).ConfigureAwait(false));
    }

    public ValueTask<ApiResult<ObjectMetadata>> PatchAsync(ResourceId resource, string ns, string name, PatchBody patch, CancellationToken ct = default)
    {
        if (Elsewhere(resource) is { } other)
        {
            return ReachAsync(() => other.PatchAsync(resource, ns, name, patch, ct));
        }

        var options = InProcessApiClient.Options(("fieldManager", patch.FieldManager), ("force", patch.Force ? "true" : ""));
        return SendAsync(resource, Info(resource, "patch", ns, name) with { Options = options }, patch.Content, patch.MediaType, ct);
    }

    public ValueTask<ApiResult<ObjectMetadata>> DeleteAsync(ResourceId resource, string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default) =>
        Elsewhere(resource) is { } other ? ReachAsync(() => other.DeleteAsync(resource, ns, name, options, ct)) : SendAsync(resource, Info(resource, "delete", ns, name), options is null ? default(ReadOnlyMemory<byte>) : ApiJson.Encode(options), "", ct);

    private async ValueTask<ApiResult<ObjectMetadata>> SendAsync(ResourceId resource, RequestInfo info, ReadOnlyMemory<byte> body, string contentType, CancellationToken ct) =>
        await _client.SendAsync(info, body, contentType, ct).ConfigureAwait(false) switch
        {
            ApiAnswer.Item item => new ObjectMetadata(resource.ApiVersion, resource.Kind, MetadataJson.Read(item.Json.Span)),
            ApiAnswer.Says { Status.IsSuccess: false } says => InProcessApiClient.Error(says.Status),

            // Done, with nothing left to show.
            _ => default(ApiResult<ObjectMetadata>),
        };

    private HttpMetadataClient? Elsewhere(ResourceId resource) => resource.Group.Length == 0 ? null : _core.Aggregated.Objects(resource.Group, resource.Version);

    // To those who ask, a server that cannot be reached is a refusal of the API.
    private static async ValueTask<T> ReachAsync<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            throw new ApiException(ApiError.Of(503, "ServiceUnavailable", "error trying to reach service: " + e.Message), e);
        }
    }

    private static ObjectMetadata Of(ResourceId resource, ServedResource served, StoredObject value) =>
        new(resource.ApiVersion, resource.Kind, MetadataJson.Read(served.Json(value).Span));

    private static RequestInfo Info(ResourceId resource, string verb, string ns, string name) => new()
    {
        IsResource = true,
        Path = "",
        Verb = verb,
        Group = resource.Group,
        Version = resource.Version,
        Resource = resource.Plural,
        Namespace = resource.Namespaced ? ns : resource is { Group: "", Plural: "namespaces" } ? name : "",
        Name = name,
    };
}
