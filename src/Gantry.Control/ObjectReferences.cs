using Gantry.Api.Models;

namespace Gantry.Control;

/// <summary>References to objects, as events hold them.</summary>
public static class ObjectReferences
{
    public static V1ObjectReference To<T>(T obj)
        where T : class, IApiObject<T> => new()
        {
            ApiVersion = T.Resource.ApiVersion,
            Kind = T.Resource.Kind,
            Namespace = obj.Metadata.Namespace,
            Name = obj.Metadata.Name,
            Uid = obj.Metadata.Uid,
            ResourceVersion = obj.Metadata.ResourceVersion,
        };
}
