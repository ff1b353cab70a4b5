using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Audit;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Pipeline;

public enum AdmissionOperation
{
    Create,
    Update,
    Delete,
    Connect,
}

/// <summary>What is being written, by whom. The object itself goes beside it, because it changes on the way.</summary>
public sealed record AdmissionRequest
{
    public required UserInfo User { get; init; }

    public required AdmissionOperation Operation { get; init; }

    public required ResourceType Type { get; init; }

    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped kinds.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The object's name as far as it is known; a generated name is set before admission.</summary>
    public string Name { get; init; } = "";

    /// <summary>The stored object before an update or delete; null on create.</summary>
    public IApiObject? Old { get; init; }

    /// <summary>Nothing will be written: a plugin must not change anything either.</summary>
    public bool DryRun { get; init; }

    /// <summary>Takes what the client is to be warned of.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Takes what the audit log is told, such as a webhook's audit annotations; null where the request is not audited.</summary>
    public AuditContext? Audit { get; init; }

    /// <summary>The kind of the object beside, where it is not the resource's own: a Binding, an Eviction.</summary>
    public ResourceType? Kind { get; init; }

    /// <summary>The form in which webhooks and policies see the object; null where that is its own.</summary>
    public AdmissionView? View { get; init; }

    /// <summary>What the request's query said.</summary>
    public RequestOptions Options { get; init; } = RequestOptions.None;

    /// <summary>How it is to be deleted; null for other operations.</summary>
    public V1DeleteOptions? DeleteOptions { get; init; }

    /// <summary>Null as long as no webhook has looked.</summary>
    internal AdmissionRounds? Rounds { get; set; }

    public string Verb => Operation switch
    {
        AdmissionOperation.Create => "CREATE",
        AdmissionOperation.Update => "UPDATE",
        AdmissionOperation.Delete => "DELETE",
        _ => "CONNECT",
    };
}

/// <summary>Changes an object before it is validated, or refuses it.</summary>
public interface IMutatingAdmission
{
    /// <param name="request">What is done by whom.</param>
    /// <param name="value">
    /// The object after defaulting, changed in place. The root is the chain's own; deeper maps and lists may be shared with others, so a plugin
    /// replaces what it changes by a copy.
    /// </param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The refusal, or null.</returns>
    ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation);
}

/// <summary>A mutating plugin that is also asked about deletions and connections, where there is nothing to change.</summary>
internal interface IObjectlessAdmission
{
    /// <param name="request">What is done by whom.</param>
    /// <param name="value">The body of a connect; null on delete.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The refusal, or null.</returns>
    ValueTask<ApiStatus?> AdmitAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation);
}

/// <summary>Refuses objects that are valid by themselves but not wanted here.</summary>
public interface IValidatingAdmission
{
    /// <param name="request">What is done by whom.</param>
    /// <param name="value">The object as it would be stored, or the body of a connect or of a virtual subresource; null on delete.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The refusal, or null.</returns>
    ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation);
}
