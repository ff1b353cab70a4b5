using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Node.Volumes;

/// <summary>Tokens of pods' accounts, asked for once and again when a fifth of their time is left.</summary>
public sealed class ServiceAccountTokens
{
    private readonly IApiWriter _api;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<(string Uid, string Audience, long Seconds), Token> _tokens = new();

    public ServiceAccountTokens(IApiWriter api, TimeProvider clock)
    {
        _api = api;
        _clock = clock;
    }

    /// <exception cref="ApiException">The API refused.</exception>
    public async ValueTask<string> GetAsync(V1Pod pod, V1ServiceAccountTokenProjection wanted, CancellationToken ct)
    {
        var seconds = wanted.ExpirationSeconds ?? 3600;
        var key = (pod.Metadata.Uid, wanted.Audience, seconds);
        var now = _clock.GetUtcNow();
        if (_tokens.TryGetValue(key, out var known) && now < known.RenewAt)
        {
            return known.Text;
        }

        var request = new AuthenticationV1TokenRequest
        {
            Spec = new V1TokenRequestSpec
            {
                Audiences = wanted.Audience.Length == 0 ? [] : [wanted.Audience],
                ExpirationSeconds = seconds,
                BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
            },
        };
        var account = pod.Spec.ServiceAccountName.Length == 0 ? "default" : pod.Spec.ServiceAccountName;
        var answer = (await _api.CreateSubresourceAsync<V1ServiceAccount, AuthenticationV1TokenRequest>(pod.Metadata.Namespace, account, "token", request, ct)).Require();
        var ends = answer.Status.ExpirationTimestamp ?? now.AddSeconds(seconds);
        var renew = now + ((ends - now) * 0.8);
        _tokens[key] = new Token(answer.Status.Token, renew < now.AddHours(24) ? renew : now.AddHours(24));
        return answer.Status.Token;
    }

    /// <summary>Forgets the tokens of a pod that is gone.</summary>
    public void Forget(string podUid)
    {
        foreach (var key in _tokens.Keys.Where(k => k.Uid == podUid))
        {
            _tokens.TryRemove(key, out _);
        }
    }

    private sealed record Token(string Text, DateTimeOffset RenewAt);
}
