using Gantry.Server.Audit;
using Gantry.Server.CustomResources;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>What is written by whom.</summary>
public sealed record WriteScope
{
    public required ServedResource Resource { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>Empty for cluster-scoped kinds.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty for creates.</summary>
    public string Name { get; init; } = "";

    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    public bool DryRun { get; init; }

    /// <summary>Who owns the written fields.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary>Takes what the client is to be warned of.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Takes what the audit log is told; null where the request is not audited.</summary>
    public AuditContext? Audit { get; init; }

    /// <summary>Whether admission is not asked: it has had its say about the request that this write is the outcome of, or it is what the write tells of.</summary>
    public bool IsAdmitted { get; init; }

    /// <summary>What the request's query said.</summary>
    public RequestOptions Options { get; init; } = RequestOptions.None;

    /// <summary>Who decides whether an update or a patch may create what is not there; null where it may.</summary>
    public IAuthorizer? Authorizer { get; init; }

    /// <summary>The form in which webhooks and policies see what is written; null where that is its own.</summary>
    public AdmissionView? View { get; init; }

    /// <summary>What field ownership knows of the object in other versions; null where that needs no waiting.</summary>
    internal ConversionMemo? Memo { get; init; }

    /// <summary>The scope that a call names.</summary>
    public static WriteScope Of(ApiCall call, ServedResource resource) => new()
    {
        Resource = resource,
        Memo = resource.Custom is { Family.IsRemote: true } ? new ConversionMemo(resource) : null,
        User = call.User,
        Namespace = resource.Type.Namespaced ? call.Info.Namespace : "",
        Name = call.Info.Name,
        Subresource = call.Info.Subresource,
        DryRun = call.DryRun,
        FieldManager = call.FieldManager,
        Warn = call.Warn,
        Audit = call.Audit,
        Options = call.Options,
        Authorizer = call.Info.Verb is "update" or "patch" ? call.Authorizer : null,
    };

    /// <summary>Why the write may not create the object, or null.</summary>
    internal async ValueTask<ApiStatus?> CreationRefusedAsync(CancellationToken cancellation)
    {
        if (Authorizer is null)
        {
            return null;
        }

        var decision = await Authorizer.AuthorizeAsync(
            new AuthorizationAttributes
            {
                User = User,
                Verb = "create",
                IsResource = true,
                Group = Resource.Type.Group,
                Version = Resource.Type.Version,
                Resource = Resource.Type.Plural,
                Subresource = Subresource,
                Namespace = Namespace,
                Name = Name,
            },
            cancellation).ConfigureAwait(false);
        return decision.Opinion == Opinion.Allow ? null
            : decision.Error is { } error ? ApiStatus.Internal(error) : ApiStatus.Forbidden(Resource.Type, Name, decision.Reason);
    }

    public AdmissionRequest Admission(AdmissionOperation operation, Api.Models.IApiObject? old, string name) => new()
    {
        User = User,
        Operation = operation,
        Type = Resource.Type,
        Subresource = Subresource,
        Namespace = Namespace,
        Name = name,
        Old = old,
        DryRun = DryRun,
        Warn = Warn,
        Audit = Audit,
        Options = Options,
        View = View,
    };
}
