using System.Globalization;
using System.Runtime.CompilerServices;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Client;
using Gantry.Server.Audit;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Watching;

namespace Gantry.Server.InProcess;

/// <summary>
/// The API for the loops of the same process: the whole pipeline without HTTP. Reads hand out the shared typed objects of the caches.
/// </summary>
public sealed class InProcessApiClient : IApiClient
{
    // Owned fields and audit records name who writes as Kubernetes' own components are named.
    private const string Server = "kube-apiserver";

    private readonly ServerCore _core;
    private readonly UserInfo _user;
    private readonly string _agent;

    internal InProcessApiClient(ServerCore core, UserInfo user, string agent = Server)
    {
        _core = core;
        _user = user;
        _agent = agent;
    }

    /// <summary>The same API for another user, who may do what authorization allows.</summary>
    /// <param name="user">Who asks.</param>
    public InProcessApiClient As(UserInfo user) => new(_core, user, _agent);

    /// <summary>The same API for another part of the process.</summary>
    /// <param name="agent">What the part is called: the manager of the fields it writes, and the agent of its requests in the audit log.</param>
    public InProcessApiClient Of(string agent) => new(_core, _user, agent);

    public async ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        await RequireAsync(Info(T.Resource, "get", ns, name), ct).ConfigureAwait(false);
        var resource = Resource(T.Resource);
        if (resource.Cache.Unread is not null)
        {
            return (await WriteAsync<T>(Info(T.Resource, "get", ns, name), default, "", ct).ConfigureAwait(false)) switch
            {
                { Error: null, Value: { } value } => value,
                { Error: { IsNotFound: true } } => null,
                { Error: { } error } => throw new ApiException(error),
                _ => null,
            };
        }

        return resource.Cache.Snapshot.Find(T.Resource.Namespaced ? ns : "", name) is { } found ? (T)resource.Typed(found) : null;
    }

    public async ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var options = Options(
            ("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector),
            ("limit", query.Limit == 0 ? "" : query.Limit.ToString(CultureInfo.InvariantCulture)), ("continue", query.Continue),
            ("resourceVersion", query.ResourceVersion), ("resourceVersionMatch", query.ResourceVersionMatch));
        switch (await SendAsync(Info(T.Resource, "list", query.Namespace, "") with { Options = options }, default, "", ct).ConfigureAwait(false))
        {
            case ApiAnswer.Items { Page: var page }:
                return new ApiList<T>([.. page.Items.Select(i => (T)page.Resource.Typed(i))], page.Version, page.Continue)
                {
                    Remaining = page.Remaining,
                };
            case ApiAnswer.Says says:
                throw new ApiException(Error(says.Status));
            default:
                throw new InvalidOperationException("a list was answered by something else");
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var options = Options(
            ("watch", "true"), ("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector), ("resourceVersion", query.ResourceVersion),
            ("allowWatchBookmarks", query.AllowBookmarks ? "true" : ""),
            ("timeoutSeconds", query.TimeoutSeconds == 0 ? "" : query.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)));
        var answer = await SendAsync(Info(T.Resource, "watch", query.Namespace, "") with { Options = options }, default, "", ct).ConfigureAwait(false);
        if (answer is ApiAnswer.Says says)
        {
            throw new ApiException(Error(says.Status));
        }

        var request = ((ApiAnswer.Changes)answer).Watch;
        var (cursor, refusal) = WatchCursor.Open(request, _core.Registry.Clock, _core.Clock);
        if (cursor is null)
        {
            throw new ApiException(Error(refusal!));
        }

        using var open = cursor;
        do
        {
            while (cursor.TryRead(out var item))
            {
                if (item.Status is { } status)
                {
                    throw new ApiException(Error(status));
                }

                yield return new WatchEvent<T>(
                    TypeOf(item.Type), item.Object is null ? null : (T)request.Resource.Typed(item.Object), item.Revision.ToString(CultureInfo.InvariantCulture));
            }
        }
        while (await cursor.WaitAsync(ct).ConfigureAwait(false));
    }

    public ValueTask<ApiResult<T>> CreateAsync<T>(T obj, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(Info(T.Resource, "create", obj.Metadata.Namespace, ""), ApiJson.Encode(obj), "", ct);

    public ValueTask<ApiResult<TBody>> CreateSubresourceAsync<TOwner, TBody>(string ns, string name, string subresource, TBody body, CancellationToken ct = default)
        where TOwner : class, IApiObject<TOwner>
        where TBody : class, IApiModel<TBody> =>
        WriteAsync<TBody>(Info(TOwner.Resource, "create", ns, name) with { Subresource = subresource }, ApiJson.Encode(body), "", ct);

    public ValueTask<ApiResult<T>> UpdateAsync<T>(T obj, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(Info(T.Resource, "update", obj.Metadata.Namespace, obj.Metadata.Name) with { Subresource = subresource }, ApiJson.Encode(obj), "", ct);

    public ValueTask<ApiResult<T>> PatchAsync<T>(string ns, string name, PatchBody patch, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var options = Options(("fieldManager", patch.FieldManager), ("force", patch.Force ? "true" : ""));
        return WriteAsync<T>(Info(T.Resource, "patch", ns, name) with { Subresource = subresource, Options = options }, patch.Content, patch.MediaType, ct);
    }

    public ValueTask<ApiResult<T>> DeleteAsync<T>(string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(Info(T.Resource, "delete", ns, name), options is null ? default(ReadOnlyMemory<byte>) : ApiJson.Encode(options), "", ct);

    /// <summary>Carries out any request of the API. The caller's rights are checked.</summary>
    internal async ValueTask<ApiAnswer> SendAsync(RequestInfo info, ReadOnlyMemory<byte> body, string contentType, CancellationToken ct)
    {
        var call = new ApiCall { Info = info, User = _user, Body = body, ContentType = contentType, UserAgent = _agent };
        // Reads of the server's own loops are looks into memory, not requests.
        if (_core.Auditor is { } auditor && !info.IsReadOnly)
        {
            return await AuditedAsync(auditor, call, ct).ConfigureAwait(false);
        }

        return await RefusalAsync(info, ct).ConfigureAwait(false) is { } refusal ? refusal : await _core.Dispatcher.HandleAsync(call, ct).ConfigureAwait(false);
    }

    private async ValueTask<ApiAnswer> AuditedAsync(Auditor auditor, ApiCall call, CancellationToken ct)
    {
        var (audit, unaudited) = await auditor.BeginAsync(call.Info, call.User, _agent, ct).ConfigureAwait(false);
        if (unaudited is not null)
        {
            return unaudited;
        }

        var refusal = await RefusalAsync(call.Info, ct).ConfigureAwait(false);
        audit?.Annotate("authorization.k8s.io/decision", refusal is null ? "allow" : "forbid");
        audit?.Annotate("authorization.k8s.io/reason", "");
        var answer = refusal is null ? await _core.Dispatcher.HandleAsync(call.With(audit), ct).ConfigureAwait(false) : refusal;
        if (audit is not null)
        {
            audit.Responds(answer);
            await auditor.EndAsync(audit, answer switch
            {
                ApiAnswer.Says { Status.Code: > 0 and var code } => code,
                ApiAnswer.Says { Status.IsSuccess: false } => 500,
                ApiAnswer.Item item => item.Code,
                _ => 200,
            }).ConfigureAwait(false);
        }

        return answer;
    }

    internal static ApiError Error(ApiStatus status) => ApiError.Of(ApiJson.Decode<V1Status>(status.ToJson()));

    internal static RequestOptions Options(params ReadOnlySpan<(string Name, string Value)> values)
    {
        var set = new List<KeyValuePair<string, string>>(values.Length);
        foreach (var (name, value) in values)
        {
            if (value.Length > 0)
            {
                set.Add(new(name, value));
            }
        }

        return new RequestOptions(set);
    }

    private async ValueTask<ApiResult<T>> WriteAsync<T>(RequestInfo info, ReadOnlyMemory<byte> body, string contentType, CancellationToken ct)
        where T : class, IApiModel<T>
    {
        switch (await SendAsync(info, body, contentType, ct).ConfigureAwait(false))
        {
            case ApiAnswer.Item item:
                return ApiJson.Decode<T>(item.Json.Span);
            case ApiAnswer.Says { Status.IsSuccess: false } says:
                return Error(says.Status);
            default:
                // Done, with nothing to show in that shape.
                return default;
        }
    }

    private async ValueTask RequireAsync(RequestInfo info, CancellationToken ct)
    {
        if (await RefusalAsync(info, ct).ConfigureAwait(false) is { } refusal)
        {
            throw new ApiException(Error(refusal));
        }
    }

    private async ValueTask<ApiStatus?> RefusalAsync(RequestInfo info, CancellationToken ct)
    {
        if (ReferenceEquals(_user, UserInfo.Loopback))
        {
            return null;
        }

        var asked = AuthorizationAttributes.Of(_user, info);
        var decision = await _core.Authorizer.AuthorizeAsync(asked, ct).ConfigureAwait(false);
        return decision.Opinion == Opinion.Allow ? null : Authorization.ForbiddenMessage.Status(asked, decision);
    }

    private ServedResource Resource(ResourceType type) =>
        _core.Table.Find(type.Group, type.Version, type.Plural) ?? throw new ApiException(Error(ApiStatus.NoSuchResource));

    private static RequestInfo Info(ResourceType type, string verb, string ns, string name) => new()
    {
        IsResource = true,
        Path = "",
        Verb = verb,
        Group = type.Group,
        Version = type.Version,
        Resource = type.Plural,
        Namespace = type.Namespaced ? ns : type is { Group: "", Plural: "namespaces" } ? name : "",
        Name = name,
    };

    internal static WatchEventType TypeOf(WatchItemType type) => type switch
    {
        WatchItemType.Added => WatchEventType.Added,
        WatchItemType.Modified => WatchEventType.Modified,
        WatchItemType.Deleted => WatchEventType.Deleted,
        _ => WatchEventType.Bookmark,
    };
}
