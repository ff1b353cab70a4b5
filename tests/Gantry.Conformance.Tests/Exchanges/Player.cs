using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Exchanges;

/// <summary>Sends the requests of a recorded scenario to a server and compares its answers with the recorded ones.</summary>
internal sealed class Player
{
    private readonly HttpClient _http;

    /// <param name="http">Knows the server's address and trusts it; its user may do everything.</param>
    public Player(HttpClient http) => _http = http;

    /// <summary>Plays the steps one after the other.</summary>
    /// <param name="scenario">The scenario; <c>@NS</c> and <c>@I</c> in it become a namespace and a number of its own.</param>
    /// <param name="number">Five digits that no other scenario on this server has.</param>
    /// <returns>What differs, a paragraph a step; empty when every answer is as recorded.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(JsonObject scenario, int number)
    {
        var own = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var ns = "ex-" + own;
        var normal = new Normal(ns, own);
        var known = new Dictionary<string, string>(StringComparer.Ordinal) { ["@NS"] = ns, ["@I"] = own };
        var faults = new List<string>();
        foreach (var step in scenario["steps"]!.AsArray().Select(s => s!.AsObject()))
        {
            var (code, answer, warning) = await SendAsync(step, text => known.Aggregate(text, (t, pair) => t.Replace(pair.Key, pair.Value, StringComparison.Ordinal)));
            if (step.ContainsKey("keep"))
            {
                var metadata = answer["metadata"] as JsonObject;
                known["@RV"] = (string?)metadata?["resourceVersion"] ?? "0";
                known["@UID"] = (string?)metadata?["uid"] ?? "";
            }

            if (step["answer"] is JsonObject wanted)
            {
                faults.AddRange(Faults(step, wanted, code, normal.Of(answer), warning is null ? null : normal.Text(warning)));
            }
        }

        return faults;
    }

    private static IEnumerable<string> Faults(JsonObject step, JsonObject wanted, int code, JsonNode? answer, string? warning)
    {
        var lines = new List<string>();
        if ((int)wanted["status"]! != code)
        {
            lines.Add($"the status is {code}, should be {wanted["status"]}");
        }

        // Lists whose order does not matter were sorted by another language's rules.
        lines.AddRange(Difference.Between(new Normal("\0", "\0").Of(wanted["body"]), answer));
        if ((string?)wanted["warning"] is { } warned && warned != warning)
        {
            lines.Add($"the warning is {warning}, should be {warned}");
        }

        return lines.Count == 0 ? [] : [$"{step["name"]}: {step["method"]} {step["path"]}\n    " + string.Join("\n    ", lines)];
    }

    private async Task<(int Code, JsonNode Body, string? Warning)> SendAsync(JsonObject step, Func<string, string> fill)
    {
        using var request = new HttpRequestMessage(new HttpMethod((string)step["method"]!), fill((string)step["path"]!));
        var headers = step["headers"] as JsonObject;
        request.Headers.TryAddWithoutValidation("Accept", (string?)headers?["Accept"] ?? "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "exchange/1");
        if (step["body"] is { } body)
        {
            var text = body is JsonValue scalar && scalar.TryGetValue<string>(out var raw) ? raw : body.ToJsonString();
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(fill(text)));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", (string?)headers?["Content-Type"] ?? "application/json");
        }

        foreach (var (name, value) in headers ?? [])
        {
            if (name is not ("Accept" or "Content-Type"))
            {
                request.Headers.TryAddWithoutValidation(name, (string)value!);
            }
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        var warning = response.Headers.TryGetValues("Warning", out var warnings) ? string.Join(", ", warnings) : null;
        return ((int)response.StatusCode, Parse(answer), warning);
    }

    private static JsonNode Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) ?? Text(text);
        }
        catch (JsonException)
        {
            return Text(text);
        }
    }

    private static JsonObject Text(string text) => new() { ["@text"] = text };
}
