using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Encryption;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Statuses;
using Gantry.Server.Watching;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>Carries out requests for resources that have been allowed already: every verb of every resource, and its subresources.</summary>
public sealed class ApiDispatcher
{
    private readonly ResourceTable _table;
    private readonly SubresourceTable _subresources;
    private readonly ListReader _lists;
    private readonly WatchOpener _watches;
    private readonly ObjectWriter _writer;
    private readonly ObjectDeleter _deleter;
    private readonly PatchHandler _patches;

    public ApiDispatcher(
        ResourceTable table, SubresourceTable subresources, ListReader lists, WatchOpener watches, ObjectWriter writer, ObjectDeleter deleter, PatchHandler patches)
    {
        _table = table;
        _subresources = subresources;
        _lists = lists;
        _watches = watches;
        _writer = writer;
        _deleter = deleter;
        _patches = patches;
    }

    /// <summary>Stands in front where values are encrypted; null where none is.</summary>
    internal EncryptedRequests? Encrypted { get; init; }

    /// <summary>Carries out a request of this process.</summary>
    public ValueTask<ApiAnswer> HandleAsync(ApiCall call, CancellationToken cancellation)
    {
        var route = Route(call.Info, call.Http, call.ContentType);
        return route.Resource is null ? new(route.Refusal!) : HandleAsync(call, route.Resource, cancellation);
    }

    /// <summary>Carries out a request that <see cref="Route"/> has found a resource for.</summary>
    internal ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation) =>
        Encrypted is null ? AnswerAsync(call, resource, cancellation) : EncryptedAsync(Encrypted, call, resource, cancellation);

    private ValueTask<ApiAnswer> EncryptedAsync(EncryptedRequests encrypted, ApiCall call, ServedResource resource, CancellationToken cancellation) =>
        encrypted.HandleAsync(call, resource.Cache, (asked, until) => AnswerAsync(asked, resource, until), cancellation);

    private ValueTask<ApiAnswer> AnswerAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (resource.Custom?.Deprecation is { } warning)
        {
            call.WarnOfDeprecation(warning);
        }

        var info = call.Info;
        if (info.Name.Contains('%', StringComparison.Ordinal))
        {
            return new(ApiStatus.BadRequest($"Name parameter invalid: \"{info.Name}\": may not contain '%'"));
        }

        return !IsView(info.Subresource) && _subresources.Find(info.Group, info.Resource, info.Subresource) is { } answers
            ? answers.HandleAsync(call, resource, cancellation)
            : VerbAsync(call, resource, cancellation);
    }

    /// <summary>Finds what a request is about. Whatever else is wrong with a request, it is told first that nothing is there, or that its method is not served.</summary>
    /// <param name="info">What is asked for.</param>
    /// <param name="http">The request; null for those of this process.</param>
    /// <param name="contentType">What its body comes in.</param>
    internal RequestRoute Route(Requests.RequestInfo info, Microsoft.AspNetCore.Http.HttpContext? http, string contentType)
    {
        if (_table.Find(info.Group, info.Version, info.Resource) is not { } resource)
        {
            return RequestRoute.Nowhere(ResourceTable.HasBuiltIn(info.Group, info.Version) ? ApiStatus.NoSuchResource : NoSuchPath);
        }

        return resource.Custom is not null ? CustomRoutes.Of(resource, info, http, contentType)
            : Unrouted(resource, info, http, contentType) is { } refusal ? RequestRoute.Nowhere(refusal)
            : RequestRoute.To(resource);
    }

    private ApiStatus? Unrouted(ServedResource resource, Requests.RequestInfo info, Microsoft.AspNetCore.Http.HttpContext? http, string contentType)
    {
        // The paths of the first proxies are known to authorization, but nothing is served there any more.
        if (info.Verb == "proxy" || IsBeyond(info) || (!resource.Type.Namespaced && info.Namespace.Length > 0 && info.Resource != "namespaces"))
        {
            return ApiStatus.NoSuchResource;
        }

        var described = Described(resource, info.Subresource);
        var isView = info.Subresource.Length == 0 || IsView(info.Subresource);
        if (info.Subresource.Length > 0 && (described is null || (!isView && _subresources.Find(info.Group, info.Resource, info.Subresource) is null)))
        {
            return ApiStatus.NoSuchResource;
        }

        if (!isView)
        {
            // What is passed on may have any method.
            return info.Subresource == "proxy" ? null
                : !described!.Verbs.Contains(info.Verb, StringComparer.Ordinal) ? ApiStatus.MethodNotAllowed
                : MediaType(info, contentType);
        }

        if (resource.Type.Namespaced && info.Namespace.Length == 0 && info.Verb is not ("list" or "watch") && !(info.Verb == "deletecollection" && http is null))
        {
            return info.Name.Length > 0 ? ApiStatus.NoSuchResource : ApiStatus.MethodNotAllowed;
        }

        // The old paths of watches are watches whatever is sent there, but only a GET is served. HEAD counts as get for who may, but is not served.
        if (http is not null && (info.Verb == "watch" ? !Microsoft.AspNetCore.Http.HttpMethods.IsGet(http.Request.Method) : Microsoft.AspNetCore.Http.HttpMethods.IsHead(http.Request.Method)))
        {
            return ApiStatus.MethodNotAllowed;
        }

        return Allows(resource, info) ? MediaType(info, contentType) : ApiStatus.MethodNotAllowed;
    }

    private static ApiStatus? MediaType(Requests.RequestInfo info, string contentType) => info.Verb == "patch" ? PatchHandler.MediaType(contentType, null) : null;

    /// <summary>What the API answers where nothing is served at all.</summary>
    internal static ApiAnswer NoSuchPath { get; } = new ApiAnswer.Document(404, "text/plain; charset=utf-8", "404 page not found\n"u8.ToArray());

    // Built-in paths end with the subresource, and of one nothing is watched; what is passed on goes as deep as it wants.
    private static bool IsBeyond(Requests.RequestInfo info) => info.Subresource is not ("" or "proxy") && (info.Rest.Length > 0 || info.Verb == "watch");

    // These are the object itself; what differs is what may be changed by them.
    private static bool IsView(string subresource) => subresource is "status" or "ephemeralcontainers" or "approval" or "finalize";

    // Asked of every request, so it makes nothing.
    private static Subresource? Described(ServedResource resource, string name)
    {
        for (var i = 0; name.Length > 0 && i < resource.Type.Subresources.Count; i++)
        {
            if (resource.Type.Subresources[i].Name == name)
            {
                return resource.Type.Subresources[i];
            }
        }

        return null;
    }

    private static bool Allows(ServedResource resource, Requests.RequestInfo info) => Described(resource, info.Subresource) is { } described
        ? described.Verbs.Contains(info.Verb, StringComparer.Ordinal)
        : resource.Type.Allows(info.Verb) && (info.Verb == "create" == (info.Name.Length == 0) || info.Verb is not ("create" or "update" or "patch" or "delete"));

    private async ValueTask<ApiAnswer> VerbAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        switch (call.Info.Verb)
        {
            case "get":
                return await GetAsync(call, resource, cancellation).ConfigureAwait(false);
            case "list":
                return await ListAsync(call, resource, cancellation).ConfigureAwait(false);
            case "watch":
                return await _watches.OpenAsync(call, resource, cancellation).ConfigureAwait(false);
            case "create":
                return await CreateAsync(call, resource, cancellation).ConfigureAwait(false);
            case "update":
                return Answer(resource, await UpdateAsync(call, resource, cancellation).ConfigureAwait(false));
            case "patch":
                return Answer(resource, await _patches.PatchAsync(call, resource, cancellation).ConfigureAwait(false));
            case "delete":
                return await DeleteAsync(call, resource, cancellation).ConfigureAwait(false);
            case "deletecollection":
                return await DeleteManyAsync(call, resource, cancellation).ConfigureAwait(false);
            default:
                return ApiStatus.MethodNotAllowed;
        }
    }

    private async ValueTask<ApiAnswer> GetAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        var info = call.Info;
        if (info.Options["resourceVersion"] is { Length: > 0 } version)
        {
            if (ListOptions.ParseRevision(version, out var wanted) is { } unreadable)
            {
                return ApiStatus.BadRequest(unreadable);
            }

            if (wanted > 0 && await _lists.WaitAsync(wanted, cancellation).ConfigureAwait(false) is { } future)
            {
                return future;
            }
        }

        var stored = resource.Cache.Snapshot.Find(resource.Type.Namespaced ? info.Namespace : "", info.Name);
        if (stored is null)
        {
            return ApiStatus.NotFound(resource.Type, info.Name);
        }

        return await resource.ReadyAsync(stored, cancellation).ConfigureAwait(false) is { } unseen ? unseen : new ApiAnswer.Item(200, resource.Type, resource.Json(stored));
    }

    private async ValueTask<ApiAnswer> ListAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        var (selection, refusal) = Select(call, resource);
        if (selection is null)
        {
            return refusal!;
        }

        var (page, problem) = await _lists.ReadAsync(resource, selection, call.Options, cancellation).ConfigureAwait(false);
        return page is null ? problem! : new ApiAnswer.Items(page);
    }

    private async ValueTask<ApiAnswer> CreateAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (ObjectChecks.Creation(call) is { } refused)
        {
            return refused;
        }

        var (value, refusal) = BodyDecoder.Decode(call, resource);
        if (value is null)
        {
            return refusal!;
        }

        var scope = WriteScope.Of(call, resource) with { Name = "" };
        if (ObjectChecks.Namespace(value, scope.Namespace) is { } elsewhere)
        {
            return elsewhere;
        }

        Metadata.DistinctOwners(value, isAdmitted: false, call.Warn);
        return Answer(resource, await _writer.CreateAsync(scope, value, managed: false, cancellation).ConfigureAwait(false));
    }

    private async ValueTask<WriteOutcome> UpdateAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (ObjectChecks.Options(call.Options, "UpdateOptions") is { } refused)
        {
            return refused;
        }

        var (value, refusal) = BodyDecoder.Decode(call, resource);
        if (value is null)
        {
            return refusal!;
        }

        var scope = WriteScope.Of(call, resource);
        if (ObjectChecks.Belongs(value, scope.Name, scope.Namespace) is { } elsewhere)
        {
            return elsewhere;
        }

        Metadata.DistinctOwners(value, isAdmitted: false, call.Warn);
        return await _writer.UpdateAsync(scope, (_, stored) => Replacement(scope, value, stored), cancellation).ConfigureAwait(false);
    }

    private static Proposal Replacement(WriteScope scope, TreeMap value, Registry.StoredObject? stored)
    {
        var resource = scope.Resource;
        // Looked at before anything else, also where there is nothing: who has an object in hand that is gone is told so.
        if (value.Map("metadata")!.Text("uid") is { Length: > 0 } uid && uid != (stored?.Uid ?? ""))
        {
            return ApiStatus.Conflict(resource.Type, scope.Name, RegistryPath.OtherUid(scope, uid, stored?.Uid ?? ""));
        }

        if (stored is null && (!resource.Strategy.CreatesOnUpdate || scope.Subresource.Length > 0))
        {
            return ApiStatus.NotFound(resource.Type, scope.Name);
        }

        // The writer changes what it gets, and it may ask again.
        return (TreeMap)value.DeepClone();
    }

    private async ValueTask<ApiAnswer> DeleteAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        var (options, refusal) = DeleteOptionsReader.Read(call);
        if (options is null)
        {
            return refusal!;
        }

        DeleteOptionsReader.Warn(call, resource, options);
        var scope = WriteScope.Of(call, resource) with { DryRun = options.DryRun.Count > 0 };
        return await _deleter.DeleteAsync(scope, options, cancellation).ConfigureAwait(false) switch
        {
            WriteOutcome.Refused refused => refused.Status,
            WriteOutcome.Removed removed when !resource.Strategy.ShowsDeleted => ApiStatus.Deleted(resource.Type, removed.Last.Name, removed.Last.Uid),
            // Who wants the dependents gone and has to wait for that, is told that it is only accepted; others have always got a plain 200.
            WriteOutcome.Written waits when options.OrphanDependents == false => new ApiAnswer.Item(202, resource.Type, resource.Json(waits.Object)),
            var outcome => Answer(resource, outcome),
        };
    }

    private async ValueTask<ApiAnswer> DeleteManyAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        var (selection, problem) = Select(call, resource);
        if (selection is null)
        {
            return problem!;
        }

        if (ListOptions.Of(call.Options, watch: false).Refusal is { } unlisted)
        {
            return unlisted;
        }

        var (options, refusal) = DeleteOptionsReader.Read(call);
        if (options is null)
        {
            return refusal!;
        }

        if (options.IgnoreStoreReadErrorWithClusterBreakingPotential == true)
        {
            return ApiStatus.Invalid("meta.k8s.io", "DeleteOptions", "",
                [FieldError.Invalid("ignoreStoreReadErrorWithClusterBreakingPotential", true, "is not allowed with DELETECOLLECTION, try again after removing the option")]);
        }

        DeleteOptionsReader.Warn(call, resource, options);
        var (page, unreadable) = await _lists.ReadAsync(resource, selection, call.Options, cancellation).ConfigureAwait(false);
        if (page is null)
        {
            return unreadable!;
        }

        var scope = WriteScope.Of(call, resource) with { DryRun = options.DryRun.Count > 0 };
        foreach (var item in page.Items)
        {
            var outcome = await _deleter.DeleteAsync(scope with { Namespace = item.Namespace, Name = item.Name }, options, cancellation).ConfigureAwait(false);

            // Somebody else was faster; gone is gone.
            if (outcome is WriteOutcome.Refused { Status: { Code: not 404 } status })
            {
                return status;
            }
        }

        return new ApiAnswer.Items(page);
    }

    private static (Selection? Selection, ApiStatus? Refusal) Select(ApiCall call, ServedResource resource) => Selection.Of(
        resource, resource.Type.Namespaced ? call.Info.Namespace : "", call.Info.Verb == "watch" ? call.Info.Name : "",
        call.Options["labelSelector"], call.Options["fieldSelector"]);

    /// <summary>What a client sees of a write.</summary>
    public static ApiAnswer Answer(ServedResource resource, WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Refused refused => refused.Status,
        WriteOutcome.Written written => new ApiAnswer.Item(written.Created ? 201 : 200, resource.Type, resource.Json(written.Object)),
        WriteOutcome.Imagined imagined => new ApiAnswer.Item(201, resource.Type, imagined.Json),
        WriteOutcome.Removed removed => new ApiAnswer.Item(200, resource.Type, resource.Json(removed.Last)),
        _ => throw new InvalidOperationException("an unknown outcome of a write"),
    };
}
