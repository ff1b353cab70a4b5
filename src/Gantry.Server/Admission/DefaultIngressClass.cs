using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Ingresses that name no class get the default one: of several the newest.</summary>
public sealed class DefaultIngressClass : IMutatingAdmission
{
    private readonly IObjects _objects;

    public DefaultIngressClass(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.Creates("networking.k8s.io", "ingresses")
            && value.Map("spec")?.Contains("ingressClassName") != true
            && value.Map("metadata")?.Map("annotations")?.Contains("kubernetes.io/ingress.class") != true)
        {
            var chosen = _objects.List<V1IngressClass>()
                .Where(c => c.Metadata.Annotations.GetValueOrDefault("ingressclass.kubernetes.io/is-default-class") == "true")
                .OrderByDescending(c => c.Metadata.CreationTimestamp).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal)
                .FirstOrDefault();
            if (chosen is not null)
            {
                value.OwnMap("spec")["ingressClassName"] = chosen.Metadata.Name;
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }
}
