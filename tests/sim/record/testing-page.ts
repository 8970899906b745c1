export const writeTestingPage = async (): Promise<boolean> => true;
