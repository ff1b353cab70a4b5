using System.Globalization;

namespace Gantry.Conformance.Tests.Fuzzing;

/// <summary>
/// Whatever is sent, the server answers, in time, and never with a fault of its own. A few hundred requests of each kind from a fixed seed;
/// <c>GANTRY_FUZZ_MINUTES</c> goes on for that long from a new seed, which a failure names, and <c>GANTRY_FUZZ_SEED</c> plays again.
/// </summary>
public sealed class FuzzTests(ApiAlone api) : IClassFixture<ApiAlone>
{
    private const int Usual = 400;

    // Kubernetes itself answers these with 500.
    private static readonly string[] Known =
    [
        "resourceVersion should not be set on objects to be created", "target.name: Required value", "target.kind: Unsupported value: ",
        "failed to create typed patch object", "failed to convert new object (", "unknown patch type: ", "expected a []interface {}, but received a ",
        "unable to find api field in struct ", "does not contain declared merge key: ", "list element types are not identical: ", "strconv.ParseUint: parsing ", "Go struct field DeleteOptions.",
        "in scheme \"pkg/apis/meta/internalversion/scheme/register.go:28\"", "couldn't get version/kind; json parse error: ", "Component not found: ",
        "failed to create RequestInfo: unable to determine kind and namespace from url, ",
    ];

    [Theory]
    [InlineData(nameof(HostileRequests.Body))]
    [InlineData(nameof(HostileRequests.Patch))]
    [InlineData(nameof(HostileRequests.Query))]
    [InlineData(nameof(HostileRequests.Anywhere))]
    [InlineData(nameof(HostileRequests.Custom))]
    [InlineData(nameof(HostileRequests.Expression))]
    public async Task No_request_makes_the_server_fail(string kind)
    {
        Func<Dice, HostileRequest> make = kind switch
        {
            nameof(HostileRequests.Body) => HostileRequests.Body,
            nameof(HostileRequests.Patch) => HostileRequests.Patch,
            nameof(HostileRequests.Query) => HostileRequests.Query,
            nameof(HostileRequests.Anywhere) => HostileRequests.Anywhere,
            nameof(HostileRequests.Custom) => HostileRequests.Custom,
            _ => HostileRequests.Expression,
        };
        using var account = await api.Http.PostAsync(new Uri("/api/v1/namespaces/default/serviceaccounts", UriKind.Relative), new StringContent("""{"metadata":{"name":"default"}}"""));
        var minutes = Environment.GetEnvironmentVariable("GANTRY_FUZZ_MINUTES") is { Length: > 0 } m ? double.Parse(m, CultureInfo.InvariantCulture) : 0;
        var seed = Environment.GetEnvironmentVariable("GANTRY_FUZZ_SEED") is { Length: > 0 } s ? int.Parse(s, CultureInfo.InvariantCulture)
            : minutes > 0 ? (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() & 0xFFFFFF) : 1;
        var end = TimeProvider.System.GetUtcNow().AddMinutes(minutes / 6);
        var faults = new List<string>();
        for (var i = 0; faults.Count < 10 && (minutes > 0 ? TimeProvider.System.GetUtcNow() < end : i < Usual); i += 4)
        {
            // Four at once, so that they meet each other too.
            var answers = await Task.WhenAll(Enumerable.Range(i, 4).Select(n => AskAsync(make(new Dice(unchecked((seed * 1_000_003) + n))), $"seed {seed}, request {n}")));
            faults.AddRange(answers.OfType<string>());
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
        using var well = await api.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.True(well.IsSuccessStatusCode);
    }

    private async Task<string?> AskAsync(HostileRequest request, string origin)
    {
        try
        {
            var (code, text) = await SendAsync(request);
            if (code == 500 && request.Method == "HEAD")
            {
                // An answer without a body: the same question with one says why.
                (_, text) = await SendAsync(request with { Method = "GET" });
            }

            return code == 500 && !Known.Any(k => text.Contains(k, StringComparison.Ordinal)) ? $"{origin}: {text}\n{Short(request)}" : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return $"{origin}: no answer: {e.Message}\n{Short(request)}";
        }
    }

    private async Task<(int Code, string Text)> SendAsync(HostileRequest request)
    {
        using var message = request.Message(api.Http.BaseAddress!);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var answer = await api.Http.SendAsync(message, limit.Token);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token));
    }

    private static string Short(HostileRequest request) => request.ToString() is { Length: > 3000 } text ? text[..3000] : request.ToString();
}
