using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption;

/// <summary>
/// What requests meet where values are encrypted: whoever asks for an object whose key is away, or for all objects of which it is one, is told why it cannot be read,
/// and whoever writes while nothing can be encrypted is told that.
/// </summary>
internal sealed class EncryptedRequests(ObjectRegistry registry, ILogger log)
{
    /// <summary>The answer to a request.</summary>
    /// <param name="call">The request.</param>
    /// <param name="cache">The objects that it is about; null where there is no such resource.</param>
    /// <param name="answer">Answers it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<ApiAnswer> HandleAsync(
        ApiCall call, ResourceCache? cache, Func<ApiCall, CancellationToken, ValueTask<ApiAnswer>> answer, CancellationToken cancellation)
    {
        try
        {
            if (cache is { Unread: not null })
            {
                await registry.RereadAsync(cancellation).ConfigureAwait(false);
                if (cache.Unread is { } unread && Problem(call.Info, cache.Kind.Type.Namespaced, unread) is { } problem)
                {
                    throw new EncryptionException(problem);
                }
            }

            return await answer(call, cancellation).ConfigureAwait(false);
        }
        catch (EncryptionException e)
        {
            EncryptionLog.Refused(log, call.Info.Verb, call.Info.Resource, e.Message);
            return Status(e);
        }
    }

    /// <summary>Kubernetes answers with what its store says, without a reason.</summary>
    public static ApiStatus Status(EncryptionException error) => new() { Code = 500, Message = error.Message };

    private static string? Problem(RequestInfo info, bool namespaced, IReadOnlyDictionary<string, string> unread)
    {
        var ns = namespaced ? info.Namespace : "";
        if (info.Name.Length > 0)
        {
            return unread.GetValueOrDefault(StoredObject.KeyOf(ns, info.Name));
        }

        return info.Verb == "create" ? null
            : unread.Where(u => ns.Length == 0 || u.Key.StartsWith(ns + "/", StringComparison.Ordinal)).OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => u.Value).FirstOrDefault();
    }
}
