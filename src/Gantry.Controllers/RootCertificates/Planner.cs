using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.RootCertificates;

/// <summary>Decides whether a namespace's copy of the cluster's certificate authority is as it should be. Pure.</summary>
public static class RootCertificatePlanner
{
    public const string Name = "kube-root-ca.crt";
    private const string Note = "kubernetes.io/description";
    private const string NoteText = "The certificate authority of this cluster's API, for clients inside the cluster.";

    /// <param name="ns">The namespace, or null when it is gone.</param>
    /// <param name="present">The ConfigMap there, or null.</param>
    /// <param name="authority">The authority in PEM.</param>
    public static IReadOnlyList<Intent> Plan(V1Namespace? ns, V1ConfigMap? present, string authority)
    {
        if (ns is null || ns.Metadata.DeletionTimestamp is not null || ns.Status.Phase == "Terminating")
        {
            return [];
        }

        var data = new Dictionary<string, string> { ["ca.crt"] = authority };
        var notes = new Dictionary<string, string> { [Note] = NoteText };
        if (present is null)
        {
            return [new Create<V1ConfigMap>(new V1ConfigMap
            {
                Metadata = new V1ObjectMeta { Namespace = ns.Metadata.Name, Name = Name, Annotations = notes },
                Data = data,
            }) { OrExists = true }];
        }

        return present.Data.Count == 1 && present.Data.GetValueOrDefault("ca.crt") == authority ? [] : [new Update<V1ConfigMap>(present with { Data = data })];
    }
}
