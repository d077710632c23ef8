"""Train, predict, forecast, detect, grade: stages that read rows and leave rows."""
