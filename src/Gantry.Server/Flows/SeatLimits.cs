namespace Gantry.Server.Flows;

/// <summary>The seats of a priority level.</summary>
/// <param name="Nominal">Its own.</param>
/// <param name="Lower">What it keeps when it has lent all that it may lend.</param>
/// <param name="Upper">What it has when it has borrowed all that it may borrow.</param>
public readonly record struct SeatLimits(int Nominal, int Lower, int Upper);
