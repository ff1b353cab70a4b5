using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;

namespace Gantry.Server.Admission.Policies;

/// <summary>Finds the parameter objects of a binding: built-in or custom, by name or by labels.</summary>
internal static class PolicyParameters
{
    /// <summary>The resource whose kind a policy takes its parameters from; null where none is served.</summary>
    public static ServedResource? ResourceOf(V1ParamKind kind, ResourceTable resources) =>
        resources.All.Where(r => r.Type.ApiVersion == kind.ApiVersion && r.Type.Kind == kind.Kind && r.Type.Allows("list"))
            .OrderBy(r => r.Type.Plural, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The words for a kind that is not served.</summary>
    public static string Unknown(V1ParamKind kind)
    {
        var slash = kind.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", kind.ApiVersion) : (kind.ApiVersion[..slash], kind.ApiVersion[(slash + 1)..]);
        return $"failed to find resource referenced by paramKind: '{group}/{version}, Kind={kind.Kind}'";
    }

    /// <summary>The parameters for a request.</summary>
    /// <param name="resource">Their resource; null where the policy takes none.</param>
    /// <param name="reference">Which of them; null where the binding does not say: then the policy is asked without.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Ends converting.</param>
    /// <returns>One entry for each time that the policy is to be asked; or why it cannot be.</returns>
    public static async ValueTask<(IReadOnlyList<TreeMap?> Found, string? Problem)> FindAsync(
        ServedResource? resource, V1ParamRef? reference, AdmissionRequest request, CancellationToken cancellation)
    {
        if (resource is null || reference is null)
        {
            return ([null], null);
        }

        var ns = "";
        if (resource.Type.Namespaced)
        {
            ns = reference.Namespace.Length > 0 ? reference.Namespace : RequestDescription.NamespaceOf(request);
            if (ns.Length == 0)
            {
                return ([], "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
            }
        }
        else if (reference.Namespace.Length > 0)
        {
            return ([], "paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
        }

        var snapshot = resource.Cache.Snapshot;
        IReadOnlyList<StoredObject> found = reference.Name.Length > 0
            ? snapshot.Find(ns, reference.Name) is { } named ? [named] : []
            : [.. snapshot.In(ns).Where(o => Selectors.Selects(reference.Selector, Labels(o)))];
        if (await resource.ReadyAsync(found, cancellation).ConfigureAwait(false) is { } hidden)
        {
            return ([], hidden.Message);
        }

        return found.Count == 0 && reference.ParameterNotFoundAction == "Deny"
            ? ([], "no params found for policy binding with `Deny` parameterNotFoundAction")
            : ([.. found.Select(resource.Tree)], null);
    }

    private static Dictionary<string, string> Labels(StoredObject value)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in value.Labels)
        {
            labels[key] = text;
        }

        return labels;
    }
}
