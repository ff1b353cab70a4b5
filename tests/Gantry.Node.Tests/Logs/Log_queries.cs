using Gantry.Node.Logs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Gantry.Node.Tests.Logs;

public sealed class Log_queries
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Options_are_read_from_the_query()
    {
        var options = Read("?follow=true&previous=1&timestamps=false&tailLines=5&limitBytes=7&sinceSeconds=60&insecureSkipTLSVerifyBackend=true", out var problems);
        Assert.Empty(problems);
        Assert.Equal(new LogOptions { Follow = true, Previous = true, TailLines = 5, LimitBytes = 7, Since = Now.AddMinutes(-1) }, options);
    }

    [Theory]
    [InlineData("?tailLines=-1", "tailLines", "Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("?limitBytes=0", "limitBytes", "Invalid value: 0: must be greater than 0")]
    [InlineData("?sinceSeconds=0", "sinceSeconds", "Invalid value: 0: must be greater than 0")]
    [InlineData("?stream=Stdout", "stream", "Forbidden: may not be specified")]
    [InlineData("?sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z", "", "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")]
    public void Values_that_are_not_allowed_are_named(string query, string field, string message)
    {
        Read(query, out var problems);
        var problem = Assert.Single(problems);
        Assert.Equal((field, message), (problem.Field, problem.Message));
    }

    [Fact]
    public void More_seconds_than_there_were_mean_all() => Assert.Equal(DateTimeOffset.UnixEpoch, Read("?sinceSeconds=9223372036854775807", out _).Since);

    [Fact]
    public void What_is_no_number_is_refused() =>
        Assert.Equal("strconv.ParseInt: parsing \"x\": invalid syntax", Assert.Throws<FormatException>(() => Read("?tailLines=x", out _)).Message);

    private static LogOptions Read(string query, out IReadOnlyList<LogProblem> problems) => LogQuery.Read(new QueryCollection(QueryHelpers.ParseQuery(query)), Now, out problems);
}
