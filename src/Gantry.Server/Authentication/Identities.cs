using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Authentication.Oidc;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Authentication.Webhook;
using Gantry.Server.Certificates;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Authentication;

/// <summary>Everything that says who somebody is, put together from the options in Kubernetes' order.</summary>
internal sealed class Identities : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly TimeProvider _clock;
    private ProviderTokens? _providers;

    /// <param name="options">The server's options.</param>
    /// <param name="parts">Clock, ids and logs.</param>
    /// <param name="pki">The cluster's own authority and key.</param>
    /// <param name="objects">What tokens are bound to.</param>
    /// <param name="api">Where the use of old tokens is recorded; asked for when the first is used.</param>
    /// <param name="dice">Spreads repetitions.</param>
    /// <exception cref="FormatException">A file cannot be read as what it should be.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no key or certificate.</exception>
    public Identities(ApiServerOptions options, ApiServerParts parts, ClusterPki pki, IObjects objects, Func<IApiClient> api, Random dice)
    {
        _clock = parts.Clock;
        SigningKeys = Keys(options.Tokens, pki);
        _owned.AddRange(SigningKeys);
        var bound = new CachedObjects(objects);
        Issuer = new TokenIssuer(options.Tokens, SigningKeys[0], bound, parts.Clock, parts.Ids.NewId);
        Tokens = new TokenChain([.. TokenParts(options, parts, objects, bound, api, dice)]);
        Authenticator = new AuthenticatorChain([.. Proxy(options.Authentication, parts.Clock), Certificates(options.Authentication, pki, parts.Clock), new BearerAuthenticator(Tokens)], options.Anonymous);
    }

    /// <summary>The key that signs, then those whose tokens are accepted too.</summary>
    public IReadOnlyList<SigningKey> SigningKeys { get; }

    public IdentityFigures Figures { get; } = new();

    public TokenIssuer Issuer { get; }

    public ITokenAuthenticator Tokens { get; }

    public IAuthenticator Authenticator { get; }

    /// <summary>Follows the configuration file of identity providers until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _providers?.RunAsync(cancellation) ?? Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellation);

    public void Append(StringBuilder text)
    {
        Figures.Append(text);
        _providers?.Append(text);
    }

    public void Dispose() => _owned.ForEach(o => o.Dispose());

    private static List<SigningKey> Keys(TokenOptions options, ClusterPki pki)
    {
        var own = SigningKey.FromPem(options.SigningKeyFile.Length > 0 ? File.ReadAllText(options.SigningKeyFile) : pki.TokenKeyPem);
        return [.. options.KeyFiles.SelectMany(f => SigningKey.AllFromPem(File.ReadAllText(f))).Prepend(own).DistinctBy(k => k.Id)];
    }

    private IEnumerable<ITokenAuthenticator> TokenParts(
        ApiServerOptions options, ApiServerParts parts, IObjects objects, IBoundObjects bound, Func<IApiClient> api, Random dice)
    {
        var own = options.Tokens.Audiences;
        var authentication = options.Authentication;
        if (options.TokenFile.Length > 0)
        {
            yield return new AudienceAgnosticTokens(StaticTokens.Parse(File.ReadAllText(options.TokenFile)), own);
        }

        // Before those of old: which of the two a token is, its issuer says, and these are many.
        yield return new ServiceAccountTokens(options.Tokens, SigningKeys, bound, parts.Clock, Figures);
        yield return new LegacyTokens(options.Tokens, SigningKeys, bound, parts.Clock, (ns, name, day, ct) => RecordAsync(api(), ns, name, day, ct), Figures);
        if (authentication.BootstrapTokens)
        {
            yield return new AudienceAgnosticTokens(new BootstrapTokens(objects, parts.Clock), own);
        }

        if (authentication.Issuers.Count > 0 || authentication.ConfigFile.Length > 0)
        {
            _providers = Own(new ProviderTokens(authentication, options.Anonymous, options.Tokens, options.NodeName, parts.Clock, parts.Logs.CreateLogger("oidc")));
            yield return new AudienceAgnosticTokens(_providers, own);
        }

        if (authentication.Webhook is { } webhook)
        {
            yield return Own(new WebhookTokens(webhook, own, parts.Clock, dice));
        }
    }

    private IEnumerable<IAuthenticator> Proxy(AuthenticationOptions options, TimeProvider clock) =>
        options.RequestHeader is { } header ? [Own(new RequestHeaderAuthenticator(header, Authorities(header.ClientCaFile), clock))] : [];

    private static ClientCertificateAuthenticator Certificates(AuthenticationOptions options, ClusterPki pki, TimeProvider clock)
    {
        X509Certificate2Collection authorities = [pki.Authority.Certificate];
        if (options.ClientCaFile.Length > 0)
        {
            authorities.AddRange(Authorities(options.ClientCaFile));
        }

        return new ClientCertificateAuthenticator(authorities, clock);
    }

    private static X509Certificate2Collection Authorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities;
    }

    // That a token was used is worth a note, and no reason to refuse the one who uses it.
    private static async ValueTask RecordAsync(IApiClient api, string ns, string secret, string day, CancellationToken cancellation) =>
        _ = await api.PatchAsync<V1Secret>(
            ns, secret, PatchBody.Merge("{\"metadata\":{\"labels\":{\"" + LegacyTokens.LastUsedLabel + "\":\"" + day + "\"}}}"), "", cancellation).ConfigureAwait(false);

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
