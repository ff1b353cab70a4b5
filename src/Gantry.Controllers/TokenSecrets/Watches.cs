using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.TokenSecrets;

/// <summary>Puts tokens into the Secrets that ask for them.</summary>
public sealed class TokenSecretController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly string _authority;
    private readonly SecretTokenIssuer _issue;
    private readonly Cache<V1Secret> _secrets;
    private readonly Cache<V1ServiceAccount> _accounts;

    /// <param name="context">The parts.</param>
    /// <param name="authority">The cluster's certificate authority, PEM.</param>
    /// <param name="issue">Makes tokens.</param>
    public TokenSecretController(ControllerContext context, string authority, SecretTokenIssuer issue)
    {
        _issue = issue;
        _context = context;
        _runner = new PlanRunner(context);
        _authority = authority;
        _secrets = context.Caches.Of<V1Secret>().WithIndex(Owners.NamespaceIndex, static s => [s.Metadata.Namespace]);
        _accounts = context.Caches.Of<V1ServiceAccount>();
    }

    public string Name => "serviceaccount-token";

    public IEnumerable<ICache> Caches => [_secrets, _accounts];

    public void Watch(IKeySink keys)
    {
        _secrets.Subscribe(change =>
        {
            if (change.New is { } secret && TokenSecretPlanner.IsToken(secret))
            {
                keys.Add(ObjectKey.Of(secret));
            }
        });
        _accounts.Subscribe(change =>
        {
            foreach (var secret in _secrets.Snapshot.By(Owners.NamespaceIndex, change.Object.Metadata.Namespace).Where(TokenSecretPlanner.IsToken))
            {
                keys.Add(ObjectKey.Of(secret));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_secrets.Snapshot.Get(key) is not { } secret || !TokenSecretPlanner.IsToken(secret))
        {
            return Again.No;
        }

        var name = secret.Metadata.Annotations[TokenSecretPlanner.AccountAnnotation];

        // The cache may not have an account that was made a moment ago, and a deletion is final: ask.
        var account = _accounts.Snapshot.Get(key.Namespace, name) ?? await _context.Api.GetAsync<V1ServiceAccount>(key.Namespace, name, ct).ConfigureAwait(false);
        var token = "";
        if (TokenSecretPlanner.WantsToken(secret, account))
        {
            token = _issue(account!, secret);
        }

        var error = await _runner.PerformAsync(key, TokenSecretPlanner.Plan(secret, account, _authority, token), ct).ConfigureAwait(false);
        return error is null or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
    }
}
