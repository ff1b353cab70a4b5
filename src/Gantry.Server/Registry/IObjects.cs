using Gantry.Api.Models;

namespace Gantry.Server.Registry;

/// <summary>The objects of the cluster as authorizers, admission and the rest of the server read them: from memory, typed, shared, without waiting.</summary>
public interface IObjects
{
    /// <summary>The object, or null. The namespace is empty for cluster-scoped kinds.</summary>
    T? Get<T>(string ns, string name)
        where T : class, IApiObject<T>;

    /// <summary>The objects of a namespace, or of all when it is empty, in order of their names.</summary>
    IEnumerable<T> List<T>(string ns = "")
        where T : class, IApiObject<T>;

    /// <summary>A token that is the same object as long as nothing of this kind has changed, for those who keep something derived from it.</summary>
    object Version<T>()
        where T : class, IApiObject<T>;
}
