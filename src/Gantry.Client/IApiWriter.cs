using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>
/// Writes the API through its whole pipeline (admission, validation, conflict detection). What the API refuses is an
/// <see cref="ApiResult{T}"/> with its error; lost connections and the like are exceptions.
/// </summary>
public interface IApiWriter
{
    /// <summary>Creates the object; its name may come from <c>metadata.generateName</c>.</summary>
    ValueTask<ApiResult<T>> CreateAsync<T>(T obj, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>
    /// Posts <paramref name="body"/> to a subresource of an object, such as <c>pods/binding</c>, <c>pods/eviction</c> or
    /// <c>serviceaccounts/token</c>. The value is what the API answers in the shape of the body, or null when it answers with a Status.
    /// </summary>
    ValueTask<ApiResult<TBody>> CreateSubresourceAsync<TOwner, TBody>(string ns, string name, string subresource, TBody body, CancellationToken ct = default)
        where TOwner : class, IApiObject<TOwner>
        where TBody : class, IApiModel<TBody>;

    /// <summary>Replaces the object, or one subresource such as <c>status</c>. A resourceVersion in the object must be the current one.</summary>
    ValueTask<ApiResult<T>> UpdateAsync<T>(T obj, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>Patches the object or one subresource.</summary>
    ValueTask<ApiResult<T>> PatchAsync<T>(string ns, string name, PatchBody patch, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>
    /// Deletes the object. The value is the object when it stays for a while (finalizers, grace period) and may be null when it is gone.
    /// </summary>
    ValueTask<ApiResult<T>> DeleteAsync<T>(string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;
}
