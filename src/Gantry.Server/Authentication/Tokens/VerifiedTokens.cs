using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>
/// Claims whose signatures were checked already. A signature check costs a hundred microseconds, and a pod sends the same token with each
/// request. Only the signature is remembered: expiry, audiences and bound objects are asked each time. Tokens themselves are not kept, only
/// their hashes.
/// </summary>
internal sealed class VerifiedTokens
{
    // About one token per pod of a large node group; above that the cache starts anew, which costs one check per token.
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<(ulong, ulong, ulong, ulong), ServiceAccountClaims> _claims = new();

    public ServiceAccountClaims? Find(string token) => _claims.GetValueOrDefault(KeyOf(token));

    public void Remember(string token, ServiceAccountClaims claims)
    {
        if (_claims.Count >= Capacity)
        {
            _claims.Clear();
        }

        _claims[KeyOf(token)] = claims;
    }

    private static (ulong, ulong, ulong, ulong) KeyOf(string token)
    {
        Span<byte> hash = stackalloc byte[32];
        _ = SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return (BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }
}
