namespace Gantry.Conformance.Tests.Exchanges;

/// <summary>Every recorded request to a Kubernetes 1.32 server gets the recorded answer.</summary>
public sealed class RecordedExchangesTests(ApiAlone api) : IClassFixture<ApiAlone>
{
    public static TheoryData<int, string> Scenarios
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var i = 0; i < Recording.Scenarios.Count; i++)
            {
                data.Add(i, Recording.NameOf(Recording.Scenarios[i]));
            }

            return data;
        }
    }

    [RecordedTheory]
    [MemberData(nameof(Scenarios))]
    public async Task Answers_are_as_recorded(int index, string name)
    {
        var faults = await new Player(api.Http).PlayAsync(Recording.Scenarios[index], 10_000 + (index * 7));
        Assert.True(faults.Count == 0, $"{name}\n" + string.Join("\n", faults));
    }
}
