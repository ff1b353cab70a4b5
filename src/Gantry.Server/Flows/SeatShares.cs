namespace Gantry.Server.Flows;

/// <summary>Divides the server's seats among priority levels (API Priority and Fairness: nominal, lower, upper and current limits).</summary>
public static class SeatShares
{
    /// <summary>Every level's seats by its spec alone, in the order of the claims.</summary>
    /// <param name="total">The seats of the server.</param>
    /// <param name="claims">The levels.</param>
    public static IReadOnlyList<SeatLimits> Divide(int total, IReadOnlyList<SeatClaim> claims)
    {
        var shares = Math.Max(1L, claims.Sum(c => (long)c.Shares));
        return [.. claims.Select(claim =>
        {
            var nominal = (int)Math.Ceiling((double)total * claim.Shares / shares);
            var lendable = (int)Math.Round(nominal * (claim.LendablePercent / 100.0), MidpointRounding.AwayFromZero);
            var upper = claim is { IsExempt: false, BorrowingLimitPercent: { } percent }
                ? nominal + (int)Math.Min(int.MaxValue / 2, Math.Round(nominal * (percent / 100.0), MidpointRounding.AwayFromZero))
                : Math.Max(total, nominal);
            return new SeatLimits(nominal, nominal - lendable, upper);
        })];
    }

    /// <summary>Every level's seats for the next period: unused seats go to those that ask for more, in proportion to what they ask for.</summary>
    /// <param name="total">The seats of the server.</param>
    /// <param name="demands">The levels.</param>
    /// <returns>Current limits in the order of the demands, and the fraction of its demand that a level gets.</returns>
    public static (IReadOnlyList<int> Current, double Fraction) Lend(int total, IReadOnlyList<SeatDemand> demands)
    {
        var lower = demands.Select(d => d.IsExempt
            ? Math.Max(d.Limits.Lower, d.Highest)
            : Math.Max(d.Limits.Lower, Math.Min(d.Limits.Nominal, d.Highest))).ToArray();
        var exempt = demands.Select((d, i) => d.IsExempt ? lower[i] : 0).Sum();
        var limited = demands.Select((d, i) => d.IsExempt ? 0 : lower[i]).Sum();
        // What exempt requests take is not there for others, but nobody falls below what is sure to be his.
        var left = Math.Max(total - exempt, limited);
        double Given(double fraction) => demands.Select((d, i) => d.IsExempt ? 0 : Seats(d, lower[i], fraction)).Sum();

        var (low, high) = (0.0, 1.0);
        while (Given(high) < left && high < 1e9)
        {
            high *= 2;
        }

        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Given(middle) <= left ? (middle, high) : (low, middle);
        }

        return ([.. demands.Select((d, i) => d.IsExempt ? lower[i] : (int)Math.Round(Seats(d, lower[i], low)))], low);
    }

    private static double Seats(SeatDemand demand, int lower, double fraction) =>
        Math.Clamp(fraction * Math.Max(lower, demand.Smoothed), lower, Math.Max(lower, demand.Limits.Upper));
}
