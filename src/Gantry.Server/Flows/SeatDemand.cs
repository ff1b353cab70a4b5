namespace Gantry.Server.Flows;

/// <summary>How much a priority level has asked for lately.</summary>
/// <param name="Limits">Its seats by its spec.</param>
/// <param name="IsExempt">Whether it takes what it needs.</param>
/// <param name="Highest">The most seats asked for at one moment of the last period.</param>
/// <param name="Smoothed">The demand, with older periods fading away.</param>
public readonly record struct SeatDemand(SeatLimits Limits, bool IsExempt, int Highest, double Smoothed);
