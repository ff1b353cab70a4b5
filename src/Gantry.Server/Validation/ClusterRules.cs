using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Namespaces, leases and other kinds that speak of the cluster.</summary>
public static class ClusterRules
{
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="each">Whether each of its finalizers is named by its place.</param>
    public static void Namespace(FieldErrors errors, V1Namespace ns, bool each)
    {
        var at = FieldPath.Root("spec").Child("finalizers");
        for (var i = 0; i < ns.Spec.Finalizers.Count; i++)
        {
            var (finalizer, path) = (ns.Spec.Finalizers[i], each ? at.Index(i) : at);
            errors.Invalid(path, finalizer, Rules.QualifiedName(finalizer));
            MetadataRules.KnownFinalizer(errors, finalizer, path);
        }
    }
}
