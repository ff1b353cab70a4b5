using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client.Http;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Outbound;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Webhook;

/// <summary>Asks another server whose a token is, by TokenReview. Answers are kept for a while; failures to answer are not.</summary>
internal sealed class WebhookTokens : ITokenAuthenticator, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TokenWebhookOptions _options;
    private readonly IReadOnlyList<string> _own;
    private readonly ReviewClient _client;
    private readonly AnswerCache<TokenOutcome> _answers;

    /// <param name="options">The server to ask.</param>
    /// <param name="own">The API server's audiences.</param>
    /// <param name="clock">Ages answers.</param>
    /// <param name="dice">Spreads repetitions.</param>
    /// <exception cref="FormatException">The kubeconfig is none.</exception>
    public WebhookTokens(TokenWebhookOptions options, IReadOnlyList<string> own, TimeProvider clock, Random dice)
    {
        _options = options;
        _own = own;
        _client = new ReviewClient(Kubeconfig.Load(options.KubeconfigFile), Patience, clock, dice);
        _answers = new AnswerCache<TokenOutcome>(clock);
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        var wanted = audiences.Count > 0 ? audiences : _own;
        var question = Question(token, wanted);
        var key = AnswerCache<TokenOutcome>.KeyOf(question);
        if (_answers.TryGet(key, out var known))
        {
            return known;
        }

        var (review, problem) = await _client.AskAsync<V1TokenReview>(question, cancellation).ConfigureAwait(false);
        if (review is null)
        {
            return new TokenOutcome.Rejected(problem!);
        }

        var outcome = Outcome(review.Status, wanted);
        if (outcome is not TokenOutcome.Rejected)
        {
            _answers.Keep(key, outcome, _options.CacheTtl);
        }

        return outcome;
    }

    public void Dispose() => _client.Dispose();

    private TokenOutcome Outcome(V1TokenReviewStatus status, IReadOnlyList<string> wanted)
    {
        var shared = wanted.Intersect(status.Audiences.Count > 0 ? status.Audiences : _own, StringComparer.Ordinal).ToList();
        if (shared.Count == 0)
        {
            return TokenOutcome.None;
        }

        if (!status.Authenticated)
        {
            return status.Error.Length > 0 ? new TokenOutcome.Rejected(status.Error) : TokenOutcome.None;
        }

        var user = status.User ?? new V1UserInfo();
        return new TokenOutcome.Known(
            new UserInfo { Name = user.Username, Uid = user.Uid, Groups = user.Groups, Extra = UserModels.Extra(user.Extra) }, shared);
    }

    private byte[] Question(string token, IReadOnlyList<string> wanted)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "TokenReview");
            json.WriteString("apiVersion", "authentication.k8s.io/" + _options.Version);
            json.WriteStartObject("metadata");
            json.WriteNull("creationTimestamp");
            json.WriteEndObject();
            json.WriteStartObject("spec");
            json.WriteString("token", token);
            json.WriteStartArray("audiences");
            foreach (var audience in wanted)
            {
                json.WriteStringValue(audience);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("status");
            json.WriteStartObject("user");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
