using Gantry.Api.Schemas;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Matching;

/// <summary>As what a webhook or a policy is shown a request: the resource that its rule names, and the kind in which the object is given.</summary>
internal readonly record struct Invocation(ResourceType Resource, ResourceType Kind)
{
    /// <summary>The request as it came.</summary>
    public static Invocation Of(AdmissionRequest request) => new(request.Type, Own(request));

    /// <summary>The kind in which the object of a request came.</summary>
    public static ResourceType Own(AdmissionRequest request) => request.View?.Kind ?? request.Kind ?? request.Type;

    /// <summary>The first rule that is about a request: about its own resource, or else, where rules may, about another version of the same objects.</summary>
    /// <param name="rules">In order.</param>
    /// <param name="equivalent">Whether other versions count.</param>
    /// <param name="request">The request.</param>
    /// <param name="resources">Tells which versions there are.</param>
    /// <returns>Null when no rule is about it.</returns>
    public static Invocation? Find(IReadOnlyList<ResourceRule> rules, bool equivalent, AdmissionRequest request, ResourceTable resources)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(request, request.Type))
            {
                return Of(request);
            }
        }

        if (!equivalent || resources.Find(request.Type.Group, request.Type.Version, request.Type.Plural) is not { Versions.Count: > 1 } served)
        {
            return null;
        }

        foreach (var rule in rules)
        {
            foreach (var other in served.Versions)
            {
                if (!ReferenceEquals(other.Type, request.Type) && rule.Matches(request, other.Type)
                    && (request.Subresource.Length == 0 || other.Type.Subresources.Any(s => s.Name == request.Subresource)))
                {
                    return new Invocation(other.Type, request.View?.Kind ?? request.Kind ?? other.Type);
                }
            }
        }

        return null;
    }
}
