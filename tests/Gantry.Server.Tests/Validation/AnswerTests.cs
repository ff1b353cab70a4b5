using System.Text.RegularExpressions;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Validation;

[Collection(SharedServer.Name)]
public sealed partial class AnswerTests(RunningServer server)
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in AnswerFile.Names())
        {
            foreach (var found in AnswerFile.Read(file).Cases)
            {
                data.Add(file, found.Title);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_written_is_answered_as_by_Kubernetes(string file, string title)
    {
        var wanted = AnswerFile.Read(file).Cases.Single(c => c.Title == title);
        var (answer, name) = await PlayAsync(wanted);

        var said = new List<string>();
        var causes = answer.Body.Map("details")?.List("causes")?.OfType<TreeMap>().ToList() ?? [];
        if (answer.Code == 422 && causes.Count > 0)
        {
            said.AddRange(causes.Select(c => $"! {(c.Text("field") is { Length: > 0 } field ? field + ": " : "")}{Plain(c.Text("message")!)}"));
        }
        else if (answer.Code >= 300)
        {
            said.Add($"# {answer.Code} {Plain(answer.Message)}");
        }

        string Plain(string text) => Uid().Replace(text.Replace(name, "$NAME", StringComparison.Ordinal), "$$UID");

        said.AddRange(answer.Warnings.Select(w => "? " + ((TreeString)TreeJson.Parse(w[(w.IndexOf('"', StringComparison.Ordinal))..])).Value));
        foreach (var path in wanted.Expected.Where(e => e[0] == '=').Select(e => e.Split(' ')[1]))
        {
            said.Add($"= {path} {AnswerFile.At(answer.Body, path)}");
        }

        Assert.Equal(wanted.Expected, said.Select((s, i) => i < wanted.Expected.Count ? Shortened(s, wanted.Expected[i]) : s));
    }

    // What the expected text leaves out with an ellipsis.
    private static string Shortened(string said, string wanted) =>
        wanted.Contains('…', StringComparison.Ordinal) && Regex.IsMatch(said, "^" + Regex.Escape(wanted).Replace("…", ".*", StringComparison.Ordinal) + "$", RegexOptions.None, TimeSpan.FromSeconds(1))
            ? wanted : said;

    private async Task<(Answer Answer, string Name)> PlayAsync(AnswerFile.Case wanted)
    {
        var value = wanted.Start();
        var kind = value.Text("kind")!;
        var (group, version) = value.Text("apiVersion")!.Split('/') is [var g, var v] ? (g, v) : ("", value.Text("apiVersion")!);
        var type = ApiCatalog.FindKind(group, version, kind)!;
        var metadata = value.Map("metadata") ?? new TreeMap();
        value["metadata"] = metadata;
        var name = server.Name("case");
        if (!metadata.Contains("name"))
        {
            metadata["name"] = name;
        }

        var path = (group.Length == 0 ? "/api/" : "/apis/") + value.Text("apiVersion") + (type.Namespaced ? $"/namespaces/{await server.RulesNamespaceAsync()}" : "") + "/" + type.Plural;
        Answer answer = null!;
        for (var i = 0; i < wanted.Steps.Count; i++)
        {
            var (what, changes) = wanted.Steps[i];
            changes.ForEach(c => AnswerFile.Change(value, c));
            var query = i == wanted.Steps.Count - 1 ? "?dryRun=All" : "";
            answer = what == "create"
                ? await server.PostAsync(path + query, value.ToString())
                : await server.PutAsync($"{path}/{value.Map("metadata")!.Text("name")}{(what == "update" ? "" : "/" + what)}{query}", value.ToString());
            if (query.Length == 0)
            {
                Assert.True(answer.Code < 300, answer.Text);
                value = answer.Body;
            }
        }

        return (answer, value.Map("metadata")!.Text("name") ?? name);
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uid();
}
