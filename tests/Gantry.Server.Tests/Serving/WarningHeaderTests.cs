using System.Text;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class WarningHeaderTests(RunningServer server)
{
    [Fact]
    public async Task What_a_header_cannot_hold_is_taken_out_of_a_warning()
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps?fieldValidation=Warn";
        var made = await server.PostAsync(path, """{"metadata":{"name":"a"},"b\nc\"日本":1}""");
        Assert.Equal((201, "299 - \"unknown field \\\"b\\\\nc\\\\\\\"日本\\\"\""), (made.Code, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(made.Warnings.Single()))));
    }

    [Fact]
    public async Task A_warning_is_told_once_and_many_long_ones_are_cut_short()
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps?fieldValidation=Warn";
        var fields = string.Join(",", Enumerable.Range(0, 30).Select(i => $"\"{i:00}{new string('x', 400)}\":1"));
        var made = await server.PostAsync(path, $$$"""{"metadata":{"name":"a"},{{{fields}}}}""");
        Assert.Equal(201, made.Code);
        Assert.InRange(made.Warnings.Count, 10, 20);
        Assert.All(made.Warnings, w => Assert.InRange(w.Length, 200, 270));
    }
}
